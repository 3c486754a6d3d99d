import { describe, expect, test } from 'vitest';
import type { Json } from '../../../api/objects';
import { Rig } from '../api-server.rig';

const POLICIES = '/apis/networking.k8s.io/v1/namespaces/lab/networkpolicies';
const policy = (spec: object): Json => ({ metadata: { name: 'p' }, spec: { podSelector: {}, ...spec } }) as Json;
const to = (ipBlock: object): Json => policy({ egress: [{ to: [{ ipBlock }] }] });
const port = (one: object): Json => policy({ ingress: [{ ports: [one] }] });

describe('a NetworkPolicy is refused', () => {
  test.each<[Json, string]>([
    [
      to({ cidr: '10.0.0.0/33' }),
      'ipBlock.cidr: Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
    ],
    [to({ cidr: '' }), 'spec.egress[0].to[0].ipBlock.cidr: Required value'],
    [
      to({ cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] }),
      'spec.egress[0].to[0].ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`',
    ],
    [to({ cidr: '2001:db8::/32', except: ['10.0.0.0/8'] }), 'must be a strict subset of `cidr`'],
    [
      policy({ ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }] }] }),
      'spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer',
    ],
    [policy({ ingress: [{ from: [{}] }] }), 'spec.ingress[0].from[0]: Required value: must specify a peer'],
    [
      port({ protocol: 'ICMP' }),
      'spec.ingress[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "TCP", "UDP", "SCTP"',
    ],
    [port({ port: 0 }), 'spec.ingress[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive'],
    [port({ port: 90, endPort: 80 }), 'endPort: Invalid value: 80: must be greater than or equal to `port`'],
    [port({ port: 'web', endPort: 80 }), 'endPort: Invalid value: 80: may not be specified when `port` is non-numeric'],
    [port({ endPort: 80 }), 'endPort: Invalid value: 80: may not be specified when `port` is not specified'],
    [
      policy({ policyTypes: ['Both'] }),
      'spec.policyTypes[0]: Unsupported value: "Both": supported values: "Ingress", "Egress"',
    ],
    [
      policy({ policyTypes: ['Ingress', 'Egress', 'Ingress'] }),
      'spec.policyTypes: Invalid value: ["Ingress","Egress","Ingress"]: may not specify more than two policyTypes',
    ],
    [policy({ podSelector: { matchLabels: { a: 'b c' } } }), 'spec.podSelector.matchLabels: Invalid value: "b c"'],
  ])('%j', (body, why) => {
    expect(new Rig().say('POST', POLICIES, body)).toContain(why);
  });
});

test('what a policy does not say is filled in', () => {
  const rig = new Rig();
  const { body } = rig.ask(
    'POST',
    POLICIES,
    policy({ egress: [{ ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }] }] }),
  );
  expect(body).toMatchObject({
    metadata: { generation: 1 },
    spec: {
      policyTypes: ['Ingress', 'Egress'],
      egress: [
        {
          ports: [
            { port: 53, protocol: 'UDP' },
            { port: 53, protocol: 'TCP' },
          ],
        },
      ],
    },
  });
  const change = { spec: { policyTypes: ['Egress'] } };
  expect(rig.ask('PATCH', `${POLICIES}/p`, change, 'application/merge-patch+json').body).toMatchObject({
    metadata: { generation: 2 },
  });
});

test.each<[string, string]>([
  ['10.1.2.3/8', 'CIDR value "10.1.2.3/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.1.2.3/32"?)'],
  [
    '010.0.0.0/8',
    'non-standard CIDR value "010.0.0.0/8" will be considered invalid in a future Kubernetes release: use "10.0.0.0/8"',
  ],
  ['2001:DB8:0::/64', 'IPv6 CIDR value "2001:DB8:0::/64" should be in RFC 5952 canonical format ("2001:db8::/64")'],
])('%s brings a warning', (cidr, warning) => {
  const { code, warnings } = new Rig().ask('POST', POLICIES, to({ cidr }));
  expect(code).toBe(201);
  expect(warnings).toEqual([`spec.egress[0].to[0].ipBlock.cidr: ${warning}`]);
});
