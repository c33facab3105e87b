/** Requests and limits of containers. */
import type { ResourceRequirements } from '../../../api/kubernetes.ts';
import { type FieldMistake, sortedEntries } from '../../findings.ts';
import { qualifiedNameProblem } from './metadata.ts';
import { compareQuantities, isWhole, parseQuantity, type Quantity } from '../../../api/quantity.ts';

const ownNames: readonly string[] = ['cpu', 'memory', 'ephemeral-storage'];
const isHugePages = (name: string) => name.startsWith('hugepages-');
const isExtended = (name: string) => !ownNames.includes(name) && !isHugePages(name);

/** Mistakes of a container's resources. */
export function resourceMistakes(
  resources: ResourceRequirements | undefined,
  place: string,
): readonly FieldMistake[] {
  const requests = resources?.requests ?? {};
  const limits = resources?.limits ?? {};
  return [
    ...claimMistakes(resources?.claims, `${place}.claims`),
    ...amountMistakes(limits, `${place}.limits`),
    ...amountMistakes(requests, `${place}.requests`),
    ...hugePagesAlone({ ...limits, ...requests }, place),
    ...sortedEntries(requests).flatMap(([name, request]) =>
      requestMistakes(
        name,
        request,
        Object.hasOwn(limits, name) ? limits[name] : undefined,
        `${place}.requests`,
      ),
    ),
  ];
}

/** A container can claim only what its pod declares, and the pods here declare nothing. */
function claimMistakes(claims: ResourceRequirements['claims'], field: string): readonly FieldMistake[] {
  if (claims === undefined || claims.length === 0) return [];
  const problem = 'the pods of Calico declare no resource claims';
  return [{ field, value: claims, problem, cure: 'Leave claims out' }];
}

function amountMistakes(amounts: Readonly<Record<string, string>>, field: string): readonly FieldMistake[] {
  return sortedEntries(amounts).flatMap(([name, amount]) => {
    const problem = nameProblem(name) ?? amountProblem(name, parseQuantity(amount));
    return problem === undefined
      ? []
      : [{ field, value: `${name}: ${amount}`, problem, cure: 'Correct or remove it' }];
  });
}

/** The API server wants to know what else a container with huge pages needs. */
function hugePagesAlone(amounts: Readonly<Record<string, string>>, field: string): readonly FieldMistake[] {
  const names = Object.keys(amounts);
  const pages = names.filter(isHugePages).sort();
  if (pages.length === 0 || names.includes('cpu') || names.includes('memory')) return [];
  const problem = 'huge pages need a request or limit of cpu or memory beside them';
  return [{ field, value: pages.join(', '), problem, cure: 'Add cpu or memory' }];
}

function nameProblem(name: string): string | undefined {
  if (!isExtended(name)) return undefined;
  if (!name.includes('/') || name.startsWith('requests.') || name.includes('kubernetes.io/')) {
    return 'there is no such resource: use cpu, memory, ephemeral-storage, hugepages-SIZE or example.com/NAME';
  }
  return qualifiedNameProblem(name);
}

function amountProblem(name: string, amount: Quantity | undefined): string | undefined {
  if (amount === undefined) return 'it is no quantity, as 250m or 1Gi are';
  if (amount.numerator < 0n) return 'it is negative';
  if (isHugePages(name)) return hugePagesProblem(name, amount);
  return isExtended(name) && !isWhole(amount) ? 'this resource is counted in whole numbers' : undefined;
}

function hugePagesProblem(name: string, { numerator, denominator }: Quantity): string | undefined {
  const page = parseQuantity(name.slice('hugepages-'.length));
  if (page === undefined || page.numerator <= 0n) return 'the name tells no size, as hugepages-2Mi does';
  const isMultiple = (numerator * page.denominator) % (denominator * page.numerator) === 0n;
  return isMultiple ? undefined : 'it is no multiple of the size of a page';
}

/** What is asked for lies within the limit, and equals it where nothing can be overcommitted. */
function requestMistakes(
  name: string,
  request: string,
  limit: string | undefined,
  field: string,
): readonly FieldMistake[] {
  const wanted = parseQuantity(request);
  const most = limit === undefined ? undefined : parseQuantity(limit);
  const mustEqual = isExtended(name) || isHugePages(name);
  const mistake = (problem: string): readonly FieldMistake[] => [
    {
      field,
      value: `${name}: ${request}`,
      problem,
      cure: `Set request and limit of ${name} to fit each other`,
    },
  ];
  if (nameProblem(name) !== undefined || wanted === undefined || (limit !== undefined && most === undefined))
    return [];
  if (most === undefined)
    return mustEqual ? mistake('this resource needs a limit that equals the request') : [];
  const order = compareQuantities(wanted, most);
  if (mustEqual && order !== 0)
    return mistake(`the limit is ${String(limit)}, and this resource cannot be overcommitted`);
  return order > 0 ? mistake(`it is above the limit of ${String(limit)}`) : [];
}
