import { useQuery } from '@tanstack/react-query'
import { numberOf } from '../../../src/client/shape.ts'
import { client } from './client.ts'

/** Seconds by which two clocks may differ before it is said: the server tells whole ones, and answers take a while. */
const tolerated = 5

/** Seconds by which this machine's clock is ahead of the server's (behind, if negative); 0 for next to nothing. */
export const useClockDifference = () =>
  useQuery({ queryKey: ['clock'], queryFn: readDifference, staleTime: 60_000, retry: false })

async function readDifference(): Promise<number> {
  const asked = Date.now()
  const answer = await client.read('sys/health', { standbyok: 'true', perfstandbyok: 'true' })
  const answered = Date.now()
  const told = numberOf(answer?.data?.server_time_utc)
  if (told === 0) return 0
  // On average half a second more than it says.
  const theirs = told * 1000 + 500
  const ahead = ((asked + answered) / 2 - theirs) / 1000
  return Math.abs(ahead) > tolerated + (answered - asked) / 1000 ? Math.round(ahead) : 0
}
