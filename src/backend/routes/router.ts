import type { Route } from './route.ts'

export type RouteMatch<C> = { readonly route: Route<C>; readonly params: Readonly<Record<string, string>> }

export type Router<C> = {
  /** The route of a path inside a mount, or undefined. Literal segments win over named ones. */
  match(path: string): RouteMatch<C> | undefined
}

type Node<C> = {
  readonly literal: Map<string, Node<C>>
  named: Node<C> | undefined
  route: Route<C> | undefined
  rest: Route<C> | undefined
}

const rest = /^\{(\w+)\+\}$/
const named = /^\{(\w+)\}$/

/** Builds the router of one mount type. Two routes with the same pattern are a programming error. */
export function createRouter<C>(routes: readonly Route<C>[]): Router<C> {
  const root = emptyNode<C>()
  for (const route of routes) insert(root, route)
  return {
    match(path) {
      const parts = path.split('/')
      const found = walk(root, parts, 0)
      return found === undefined ? undefined : { route: found, params: bind(found, parts) }
    },
  }
}

function emptyNode<C>(): Node<C> {
  return { literal: new Map(), named: undefined, route: undefined, rest: undefined }
}

function insert<C>(root: Node<C>, route: Route<C>): void {
  let node = root
  for (const segment of route.segments) {
    if (rest.test(segment)) {
      if (node.rest !== undefined) throw new Error(`two routes for ${route.path}`)
      node.rest = route
      return
    }
    if (named.test(segment)) {
      node.named ??= emptyNode()
      node = node.named
    } else {
      const next = node.literal.get(segment) ?? emptyNode<C>()
      node.literal.set(segment, next)
      node = next
    }
  }
  if (node.route !== undefined) throw new Error(`two routes for ${route.path}`)
  node.route = route
}

function walk<C>(node: Node<C>, parts: readonly string[], at: number): Route<C> | undefined {
  const part = parts[at]
  if (part === undefined) return node.route
  const literal = node.literal.get(part)
  const found = literal === undefined ? undefined : walk(literal, parts, at + 1)
  if (found !== undefined) return found
  if (node.named !== undefined && part !== '') {
    const deeper = walk(node.named, parts, at + 1)
    if (deeper !== undefined) return deeper
  }
  // A trailing slash after a complete path names the same endpoint.
  if (part === '' && at === parts.length - 1 && node.route !== undefined) return node.route
  return node.rest
}

function bind<C>(route: Route<C>, parts: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {}
  route.segments.forEach((segment, i) => {
    const tail = rest.exec(segment)
    const name = named.exec(segment)
    if (tail?.[1] !== undefined) params[tail[1]] = parts.slice(i).join('/')
    else if (name?.[1] !== undefined) params[name[1]] = parts[i] ?? ''
  })
  return params
}
