import type { Locker } from '../../api/sharing.ts'

export type Tool = 'coffer' | 'curl' | 'fedcloud' | 'github' | 'kubernetes'

/** Names that a shell takes as they are. */
const plain = /^[A-Za-z0-9._-]+$/

/** Whether a name can be that of something in a locker: one that means nothing to a shell, a URL or YAML. */
export const isPlainName = (name: string): boolean => plain.test(name) && name !== '.' && name !== '..'

/**
 * Commands that read what is in a locker. The one field of it is read by its name; several, or one with a name that
 * a shell would take apart, all together.
 *
 * @param origin of the server, such as `https://vault.example.org:8200`
 */
export function commandsFor({ token, name, fields }: Locker, origin: string): Record<Tool, string> {
  const [first = ''] = fields
  const field = fields.length === 1 && plain.test(first) && !first.startsWith('-') ? first : undefined
  const curl = `curl -sS --fail -H "X-Vault-Token: $VAULT_TOKEN" "$VAULT_ADDR/v1/cubbyhole/${name}"`
  return {
    coffer: `export VAULT_ADDR='${origin}' VAULT_TOKEN='${token}'
coffer read ${field === undefined ? '-format=json' : `-field=${field}`} cubbyhole/${name}`,
    curl: `export VAULT_ADDR='${origin}' VAULT_TOKEN='${token}'
${curl}`,
    fedcloud: `export FEDCLOUD_VAULT_ENDPOINT='${origin}'
fedcloud secret get --locker-token '${token}' ${name}${field === undefined ? ' -f JSON' : ` ${field}`}`,
    github: `# Once, in the repository:
gh secret set COFFER_LOCKER --body '${token}'

# A step of the job:
- name: Read the locker
  env:
    VAULT_ADDR: ${origin}
    VAULT_TOKEN: \${{ secrets.COFFER_LOCKER }}
  run: |
    umask 077
    ${curl} > "$RUNNER_TEMP/${name}.json"`,
    kubernetes: `# Once, in the namespace:
kubectl create secret generic coffer-locker --from-literal=token='${token}'

# In the pod; its containers mount the volume "locker":
volumes:
  - name: locker
    emptyDir: { medium: Memory }
initContainers:
  - name: read-the-locker
    image: curlimages/curl
    env:
      - { name: VAULT_ADDR, value: "${origin}" }
      - name: VAULT_TOKEN
        valueFrom: { secretKeyRef: { name: coffer-locker, key: token } }
    volumeMounts:
      - { name: locker, mountPath: /locker }
    command: [sh, -c]
    args:
      - |
        ${curl} > /locker/${name}.json`,
  }
}
