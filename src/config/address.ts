/** Addresses that the process listens on. */

/** Where to listen. An empty host means all addresses; port 0 a free one. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Parses `host:port`, `:port`, `[v6]:port` or a bare port; `0` and the empty text mean "off". Answers with the problem as text. */
export function parseAddress(text: string): Address | 'off' | { readonly problem: string } {
  if (text === '0' || text === '') return 'off';
  const match = /^(?:(?:\[([0-9A-Fa-f:.%\w]+)\]|([^\s:[\]/]*)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    return { problem: 'is no address: write host:port, :port, [IPv6]:port, or 0 for none' };
  }
  return { host: match[1] ?? match[2] ?? '', port };
}
