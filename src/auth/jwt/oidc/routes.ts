import { answer } from '../../../backend/answers/answer.ts'
import { shape } from '../../../backend/answers/shape.ts'
import { type EngineRoute, route } from '../../../backend/routes/route.ts'
import type { Tools } from '../tools.ts'
import { authUrl, authUrlFields, wantForAuthUrl } from './auth-url.ts'
import { callback, callbackFields, callbackPost, wantForCallback } from './callback.ts'
import { poll, pollFields } from './poll.ts'

/**
 * Logins in a browser: authorization code with proof key, state and nonce (OpenID Connect Core 1.0 §3.1, RFC 7636,
 * RFC 9700), and for devices without one (RFC 8628).
 */
export function oidcRoutes(tools: Tools): readonly EngineRoute[] {
  return [
    route({
      path: 'oidc/auth_url',
      summary: 'Begin a login in a browser.',
      fields: authUrlFields,
      answers: {
        write: answer.data(
          shape.object(
            { auth_url: shape.string() },
            {
              state: shape.string(),
              user_code: shape.string(),
              poll_interval: shape.string('Seconds, as a text.'),
            },
          ),
        ),
      },
      operations: { update: (context, sent) => authUrl(context, sent, tools) },
      unauthenticated: true,
      prefetch: wantForAuthUrl,
    }),
    route({
      path: 'oidc/callback',
      summary: 'Finish a login in a browser with what the provider answered.',
      fields: callbackFields,
      answers: { read: answer.other, write: answer.other },
      operations: { read: (context, sent) => callback(context, sent, tools), update: callbackPost },
      unauthenticated: true,
      prefetch: wantForCallback,
    }),
    route({
      path: 'oidc/poll',
      summary: 'Ask whether a login has been finished elsewhere.',
      fields: pollFields,
      answers: { write: answer.auth },
      operations: { update: (context, sent) => poll(context, sent, tools) },
      unauthenticated: true,
      prefetch: wantForCallback,
    }),
  ]
}
