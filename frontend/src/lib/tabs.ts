// What the tabs of a browser say to each other. Where a browser has no way for that, each tab is
// alone: what it must know, such as that the session ended, it then learns from the server.

export interface Tabs<T> {
  say(news: T): void;
  onNews(listen: (news: T) => void): void;
}

export function tabs<T>(name: string): Tabs<T> {
  const channel = open(name);
  return {
    say: (news) => channel?.postMessage(news),
    onNews: (listen) => {
      if (channel) channel.onmessage = (event: MessageEvent<T>) => listen(event.data);
    },
  };
}

function open(name: string): BroadcastChannel | null {
  try {
    return new BroadcastChannel(name);
  } catch {
    return null;
  }
}
