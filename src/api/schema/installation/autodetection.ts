/** `nodeAddressAutodetectionV4` and `V6`: how calico-node finds the node's own address. */
import { atomicList, flag, object, oneOf, optional, text } from '../kit.ts';

/** For each method whether the object at a path of CEL selects it. */
const selections = (path: string) => [
  `has(${path}.firstFound) && ${path}.firstFound`,
  `has(${path}.kubernetes)`,
  `has(${path}.interface) && ${path}.interface != ""`,
  `has(${path}.skipInterface) && ${path}.skipInterface != ""`,
  `has(${path}.canReach) && ${path}.canReach != ""`,
  `has(${path}.cidrs) && size(${path}.cidrs) > 0`,
];

/** CEL: the object at the path selects a method. `firstFound: false` alone selects none. */
export const selectsMethod = (path: string) => `(${selections(path).join(' || ')})`;

const regexOfInterfaces = (description: string) =>
  optional(
    text(description, {
      maxLength: 1024,
      rules: [
        {
          // Evaluating a text that is no expression fails, and the API server says why.
          rule: 'self.split(",").all(p, "".matches(p.trim()) in [true, false])',
          message: 'must be a regular expression, or several separated by commas, for example eth.*',
        },
      ],
    }),
  );

export const autodetection = (family: 'IPv4' | 'IPv6') =>
  object(
    `How calico-node finds the ${family} address of its node. Choose one method. Default: firstFound, for IPv4 by platform.`,
    {
      firstFound: optional(flag('Take the first usable address of the first usable interface.')),
      kubernetes: optional(oneOf(['NodeInternalIP'], "Take an address of the Node object's status.")),
      interface: regexOfInterfaces('Take the first address of interfaces matching this regular expression.'),
      skipInterface: regexOfInterfaces(
        'Like firstFound, but pass over interfaces matching this regular expression.',
      ),
      canReach: optional(
        text('Take the source address that the node would use towards this IP address or name.', {
          maxLength: 253,
          rules: [
            {
              rule: "!self.matches(r'[\\s/]')",
              message: 'must be one IP address or name, for example 8.8.8.8',
              messageExpression:
                '"\'" + self + "\' is neither an IP address nor a name; write one, for example 8.8.8.8"',
            },
          ],
        }),
      ),
      cidrs: optional(
        atomicList(
          text('Address and prefix length.', {
            maxLength: 64,
            rules: [
              {
                rule: 'isCIDR(self)',
                message: 'must be an address and a prefix length, for example 10.0.0.0/24',
                messageExpression:
                  '"\'" + self + "\' is not an address and a prefix length; write it like 10.0.0.0/24"',
              },
            ],
          }),
          'Take the first address that lies in one of these ranges.',
          { maxItems: 100 },
        ),
      ),
    },
    {
      rules: [
        {
          rule: `[${selections('self').join(', ')}].filter(set, set).size() <= 1`,
          message:
            'choose one method only: firstFound, kubernetes, interface, skipInterface, canReach or cidrs; set the others to null',
          reason: 'FieldValueForbidden',
        },
      ],
    },
  );
