import { systemRoute } from '../../backend/routes/route.ts'
import { hashTools, randomTools } from '../../backend/tools.ts'

export const toolRoutes = [
  ...hashTools.map((tool) => systemRoute({ ...tool, path: `tools/${tool.path}` })),
  ...randomTools.map((tool) => systemRoute({ ...tool, path: `tools/${tool.path}` })),
]
