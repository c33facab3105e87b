/** Smaller groups of the Installation's spec. */
import Type from 'typebox';
import { integer, object, oneOf, optional, type Rule, text } from '../kit.ts';
import { quantity } from '../pod-types.ts';

export const certificateManagement = object(
  'Obtain certificates by CertificateSigningRequests instead of signing them with an authority of the operator.',
  {
    caCert: Type.Unsafe<string>({
      type: 'string',
      format: 'byte',
      minLength: 1,
      description: "PEM certificate of the signer's authority, in base64.",
      'x-kubernetes-validations': [
        {
          // To CEL it is what the base64 stands for.
          rule: "string(self).matches(r'-----BEGIN CERTIFICATE-----[\\sA-Za-z0-9+/=]+-----END CERTIFICATE-----')",
          message: 'caCert must be a PEM certificate in base64: base64 -w0 ca.crt',
        },
      ] satisfies readonly Rule[],
    }),
    signerName: text('Signer that approves and signs, as domain/name.', {
      maxLength: 571,
      rules: [
        {
          rule: 'self.matches("^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)+/[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$") && self != "kubernetes.io/legacy-unknown"',
          message: 'signerName must have the form domain/name, for example example.com/calico',
          messageExpression:
            '"signerName \'" + self + "\' must have the form domain/name, for example example.com/calico"',
        },
      ],
    }),
    keyAlgorithm: optional(
      oneOf(
        [
          '',
          'RSAWithSize2048',
          'RSAWithSize4096',
          'RSAWithSize8192',
          'ECDSAWithCurve256',
          'ECDSAWithCurve384',
          'ECDSAWithCurve521',
        ],
        'Kind of private keys. Default: RSAWithSize2048, with ECDSA signatures ECDSAWithCurve256.',
      ),
    ),
    signatureAlgorithm: optional(
      oneOf(
        [
          '',
          'SHA256WithRSA',
          'SHA384WithRSA',
          'SHA512WithRSA',
          'ECDSAWithSHA256',
          'ECDSAWithSHA384',
          'ECDSAWithSHA512',
        ],
        'How requests are signed. Default: SHA256WithRSA, with ECDSA keys ECDSAWithSHA256.',
      ),
    ),
  },
  {
    rules: [
      {
        rule: '!has(self.keyAlgorithm) || !has(self.signatureAlgorithm) || self.keyAlgorithm == "" || self.signatureAlgorithm == "" || self.keyAlgorithm.startsWith("ECDSA") == self.signatureAlgorithm.startsWith("ECDSA")',
        message:
          'signatureAlgorithm must fit keyAlgorithm: WithRSA for RSA keys, ECDSAWith for ECDSA keys, or leave one of the two out',
        fieldPath: '.signatureAlgorithm',
      },
    ],
  },
);

export const logging = object('Logging of components that have no other place for it.', {
  cni: optional(
    object('The CNI plugin. With CNI Calico only.', {
      logSeverity: optional(
        oneOf(['Error', 'Warning', 'Info', 'Debug'], 'Least severity that is logged. Default: Info.'),
      ),
      logFileMaxSize: optional(
        quantity('Size at which a new file is begun, as 100Mi. Default: 100Mi.', [
          {
            rule: 'type(self) == string && self.matches("^[0-9]*[1-9][0-9]*([.][0-9]+)?(Ki|Mi|Gi|Ti|Pi|Ei)$")',
            message: 'logFileMaxSize must be positive and have a binary unit, for example 100Mi',
          },
        ]),
      ),
      logFileMaxAgeDays: optional(integer('Days that old files are kept. Default: 30.', { minimum: 1 })),
      logFileMaxCount: optional(integer('Number of old files that are kept. Default: 10.', { minimum: 1 })),
    }),
  ),
});

export const windowsNodes = object('Settings of Windows nodes.', {
  cniBinDir: optional(text('Host directory of CNI plugins. Default: by platform.')),
  cniConfigDir: optional(text('Host directory of CNI configuration. Default: by platform.')),
  cniLogDir: optional(text('Host directory of CNI logs. Default: /var/log/calico/cni.')),
  vxlanMACPrefix: optional(
    text('First two bytes of VXLAN MAC addresses. Default: 0E-2A.', {
      pattern: '^[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}$',
    }),
  ),
  vxlanAdapter: optional(text('Network adapter that VXLAN uses. Default: the primary one.')),
});

export const azure = object('Settings of AKS.', {
  policyMode: optional(
    oneOf(
      ['Default', 'Manual'],
      'Default labels namespaces of the operator so that Azure Policy leaves them alone; Manual does not.',
      { default: 'Default' },
    ),
  ),
});

export const proxy = object('HTTP proxy of components that talk to the outside.', {
  httpProxy: optional(text('Value of HTTP_PROXY.')),
  httpsProxy: optional(text('Value of HTTPS_PROXY.')),
  noProxy: optional(text('Value of NO_PROXY.')),
});

export const tlsCipherSuite = object('One cipher suite.', {
  name: oneOf(
    [
      'TLS_AES_256_GCM_SHA384',
      'TLS_CHACHA20_POLY1305_SHA256',
      'TLS_AES_128_GCM_SHA256',
      'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
      'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
      'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
      'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
      'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
      'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      'TLS_RSA_WITH_AES_256_GCM_SHA384',
      'TLS_RSA_WITH_AES_128_GCM_SHA256',
      'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA',
      'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
      'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
    ],
    'Name of the suite.',
  ),
});
