import type { Reply } from '../../../backend/message.ts'
import { escapeHtml } from '../../../base/web/html.ts'

/** The few pages that a browser sees which comes back to this server. They load nothing and hold no script. */
export function messagePage(title: string, text: string, status = 200): Reply {
  return page(title, `<p>${escapeHtml(text)}</p>`, status)
}

/**
 * Asks whether the login is really wanted: somebody may have been sent a link to log somebody else in.
 *
 * @param answer what the provider said, sent again with the confirmation, which may be something of its own
 */
export function confirmPage(remote: string, role: string, answer: Readonly<Record<string, string>>): Reply {
  const hidden = Object.entries({ confirmation: 'yes', ...answer }).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  )
  return page(
    'Is it you who logs in?',
    `<p>A program at the address <b>${escapeHtml(remote)}</b> wants to log in as you, with the role
<b>${escapeHtml(role)}</b>. Go on only if you have just started it yourself.</p>
<form method="get">${hidden.join('')}<button>Yes, log in</button></form>`,
  )
}

function page(title: string, body: string, status = 200): Reply {
  const text = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title></head>
<body><main><h1>${escapeHtml(title)}</h1>
${body}
</main></body>
</html>
`
  return { status, raw: { contentType: 'text/html; charset=utf-8', body: text } }
}
