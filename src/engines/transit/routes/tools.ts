import { type EngineRoute, route } from '../../../backend/routes/route.ts'
import { hashTools, randomTools } from '../../../backend/tools.ts'

export const toolRoutes: readonly EngineRoute[] = [
  ...hashTools.map((tool) => route(tool)),
  ...randomTools.map((tool) => route(tool)),
]
