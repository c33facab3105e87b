/** Rules of the HTTP proxy. */
import type { FieldMistake } from '../findings.ts';
import { refuse, type Rule } from './rule.ts';

/** Go's HTTP client takes these, and what has no scheme as http. */
const schemes = ['http:', 'https:', 'socks5:', 'socks5h:'];

function isProxy(text: string): boolean {
  if (/\s/.test(text)) return false;
  const address = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return schemes.includes(protocol) && hostname !== '';
}

/** Proxies are addresses, and what goes without them is a list of hosts. Passwords in addresses are not shown. */
export const proxyRules: Rule = (candidate) => {
  const { httpProxy = '', httpsProxy = '', noProxy = '' } = candidate.spec.proxy ?? {};
  const mistakes: FieldMistake[] = [];
  for (const [field, value] of [
    ['httpProxy', httpProxy],
    ['httpsProxy', httpsProxy],
  ] as const) {
    if (value === '' || isProxy(value)) continue;
    mistakes.push({
      field: `spec.proxy.${field}`,
      value: value.replace(/\/\/[^@]*@/, '//…@'),
      problem: 'it is no address of a proxy',
      cure: 'Write it as http://proxy.example.com:3128',
    });
  }
  if (/\S\s+\S/.test(noProxy) && !noProxy.includes(',')) {
    mistakes.push({
      field: 'spec.proxy.noProxy',
      value: noProxy,
      problem: 'it is taken as one name, because there is no comma',
      cure: 'Separate hosts, domains and ranges by commas, for example 10.0.0.0/8,.svc,.cluster.local',
    });
  }
  return refuse(candidate, ...mistakes);
};
