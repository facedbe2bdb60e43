/**
 * The policy that tokens get unless they ask not to: a token may look after itself, its own entity and its
 * own cubbyhole. Operators may change it.
 */
export const defaultPolicy = `# Look oneself up, renew and end oneself.
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }

# Ask what one may do.
path "sys/capabilities-self" { capabilities = ["update"] }
path "sys/internal/ui/resultant-acl" { capabilities = ["read"] }
path "sys/policies/explain-self" { capabilities = ["update"] }

# Ask who can open what one can open oneself.
path "sys/policies/access-self/*" { capabilities = ["read"] }

# Ask who used a secret, of those that one may read or update, and what one did oneself.
path "sys/usage/+/*" { capabilities = ["read"] }
path "sys/usage/mine" { capabilities = ["read"] }
path "sys/usage/recent" { capabilities = ["read"] }

# Reach many secrets at once, each of which one may reach alone.
path "sys/kv/*" { capabilities = ["create", "read", "update", "delete", "list"] }

# Read one's own entity.
path "identity/entity/id/{{identity.entity.id}}" { capabilities = ["read"] }
path "identity/entity/name/{{identity.entity.name}}" { capabilities = ["read"] }

# Look up and renew leases that one knows the id of.
path "sys/leases/lookup" { capabilities = ["update"] }
path "sys/leases/renew" { capabilities = ["update"] }

# One's own cubbyhole.
path "cubbyhole/*" { capabilities = ["create", "read", "update", "delete", "list"] }

# Wrap answers, and unwrap what one was given.
path "sys/wrapping/wrap" { capabilities = ["update"] }
path "sys/wrapping/lookup" { capabilities = ["update"] }
path "sys/wrapping/unwrap" { capabilities = ["update"] }

# Digests.
path "sys/tools/hash" { capabilities = ["update"] }
path "sys/tools/hash/*" { capabilities = ["update"] }

# Log in to other services through this server as their identity provider.
path "identity/oidc/provider/+/authorize" { capabilities = ["read", "update"] }
`

/** What a wrapping token may do: be unwrapped, once. */
export const responseWrappingPolicy = `path "sys/wrapping/unwrap" { capabilities = ["update"] }
path "cubbyhole/response" { capabilities = ["create", "read"] }
`
