/** DNS settings of pods. */
import type { PodSpec } from '../../../api/kubernetes.ts';
import { parseCidr } from '../../cidr.ts';
import type { FieldMistake } from '../../findings.ts';

const domainShape = /^[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?(\.[a-z0-9_]([-a-z0-9_]*[a-z0-9_])?)*\.?$/;

const isAddress = (text: string): boolean =>
  !text.includes('/') && parseCidr(`${text}/${text.includes(':') ? '128' : '32'}`).kind === 'cidr';

const isDomain = (text: string): boolean => text === '.' || (text.length <= 253 && domainShape.test(text));

/** What the override says of DNS. */
interface Dns {
  readonly dnsPolicy?: string;
  readonly dnsConfig?: NonNullable<PodSpec['dnsConfig']>;
}

/** Mistakes of `dnsPolicy` and `dnsConfig` of the pod spec at `place`. */
export function dnsMistakes({ dnsPolicy, dnsConfig }: Dns, place: string): readonly FieldMistake[] {
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {};
  const at = `${place}.dnsConfig`;
  const mistakes: FieldMistake[] = [];
  const add = (field: string, value: unknown, problem: string, cure: string) =>
    void mistakes.push({ field, value, problem, cure });
  if (dnsPolicy === 'None' && nameservers.length === 0) {
    const cure = 'Set dnsConfig.nameservers, or another policy';
    add(`${place}.dnsPolicy`, dnsPolicy, 'without name servers pods would have no DNS at all', cure);
  }
  if (nameservers.length > 3) {
    add(`${at}.nameservers`, nameservers, 'a pod has at most three name servers', 'Keep three');
  }
  for (const address of nameservers.filter((each) => !isAddress(each))) {
    add(`${at}.nameservers`, address, 'it is no IP address', 'Write the address of a name server');
  }
  if (searches.length > 32) {
    add(`${at}.searches`, searches, 'a pod has at most 32 search domains', 'Keep 32');
  }
  for (const domain of searches.filter((each) => !isDomain(each))) {
    add(`${at}.searches`, domain, 'it is no domain', 'Write it as example.com');
  }
  for (const [index, option] of options.entries()) {
    if ((option.name ?? '') === '')
      add(`${at}.options[${index}].name`, '', 'it is missing', 'Name the option');
  }
  return mistakes;
}
