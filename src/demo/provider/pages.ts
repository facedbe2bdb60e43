import { escapeHtml } from '../../base/web/html.ts'
import type { Person } from './people.ts'

/** The pages of the stand-in provider. They load nothing, so that they work without a network. */
export function loginPage(action: string, people: readonly Person[]): string {
  const choices = people.map(
    ({ name, fullName, email }) =>
      `<button name="person" value="${escapeHtml(name)}">${escapeHtml(fullName)}<br><small>${escapeHtml(email)}</small></button>`,
  )
  return page(
    'Who are you?',
    `<p>This is a stand-in identity provider for trying things out. Anybody can be anyone here.</p>
<form method="post" action="${escapeHtml(action)}">${choices.join('\n')}</form>`,
  )
}

/** @param form as oidc-provider made it; the button belongs to it by its id */
export function codePage(form: string, problem: string | undefined): string {
  const text = problem ?? 'Enter the code that your device or terminal shows.'
  return page(
    'Connect a device',
    `<p>${escapeHtml(text)}</p>${form}<button form="op.deviceInputForm">Continue</button>`,
  )
}

export function confirmPage(form: string, client: string, userCode: string): string {
  return page(
    'Connect a device',
    `<p>${escapeHtml(client)} shows the code <b>${escapeHtml(userCode)}</b>. Is it yours?</p>${form}
<button form="op.deviceConfirmForm">Yes, continue</button>
<button form="op.deviceConfirmForm" name="abort" value="yes">No, stop</button>`,
  )
}

export function messagePage(title: string, text: string): string {
  return page(title, `<p>${escapeHtml(text)}</p>`)
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 3rem auto; padding: 0 1rem }
button { display: block; width: 100%; margin: 0.5rem 0; padding: 0.75rem; font: inherit; text-align: left }
input { width: 100%; padding: 0.75rem; font: inherit; box-sizing: border-box }
</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`
}
