/** What the tabs of one browser tell each other; nothing of it is secret. */
export type News = 'began' | 'extended' | 'out'

const isNews = (data: unknown): data is News => data === 'began' || data === 'extended' || data === 'out'

export type Channel = { readonly tell: (news: News) => void; readonly close: () => void }

/** @param hear told what another tab says */
export function openChannel(hear: (news: News) => void): Channel {
  const channel = new BroadcastChannel('coffer-session')
  channel.onmessage = ({ data }) => {
    if (isNews(data)) hear(data)
  }
  return { tell: (news) => channel.postMessage(news), close: () => channel.close() }
}
