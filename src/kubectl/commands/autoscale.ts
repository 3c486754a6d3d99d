import type { Json } from '../../api/objects';
import { canonicalQuantity } from '../../api/quantity';
import { asStruct } from '../format/struct';
import { withLastApplied } from '../apply/last-applied';
import type { Info } from '../cluster/info';
import { apiVersionOf, infoFor } from '../cluster/info';
import { manifestOptions } from '../cluster/manifest-sources';
import { select } from '../cluster/select';
import { createObject } from '../cluster/writes';
import type { Command } from '../command';
import { CliError } from '../errors';
import { int32, text } from '../flags/flags';
import { DRY_RUN_FLAG, FILENAME_FLAGS, RECORD_FLAG, SAVE_CONFIG_FLAG, fieldManagerFlag } from '../flags/standard';
import type { JsonObject } from '../format/json';
import { isObject } from '../format/json';
import { PRINT_FLAGS, structPrinterFor } from '../printers/output';
import type { Session } from '../session';
import { withDryRun } from '../session';

export const autoscaleCommand: Command = {
  name: 'autoscale',
  completes: 'resources',
  usage: 'autoscale (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]',
  short: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
  long: 'Makes a HorizontalPodAutoscaler for a workload.',
  examples: `  kubectl autoscale deployment/model-server --min=2 --max=10 --cpu=80%`,
  flags: [
    RECORD_FLAG,
    ...PRINT_FLAGS,
    int32('min', 'At least this many Pods.', { default: '-1' }),
    int32('max', 'At most this many Pods.', { default: '-1', required: true }),
    int32('cpu-percent', 'Deprecated: use --cpu.', { default: '-1' }),
    text('cpu', 'CPU to aim at: 70% of what is requested, or 500m a Pod.'),
    text('memory', 'Memory to aim at: 70% of what is requested, or 200Mi a Pod.'),
    text('name', 'The name of the autoscaler; that of the workload if empty.'),
    DRY_RUN_FLAG,
    ...FILENAME_FLAGS,
    SAVE_CONFIG_FLAG,
    fieldManagerFlag('kubectl-autoscale'),
  ],
  run: autoscale,
};

async function autoscale(session: Session): Promise<void> {
  const metrics = checkFlags(session);
  const selection = await select(session, {
    ...manifestOptions(session),
    args: session.args,
    continueOnError: true,
    flatten: true,
  });
  let count = 0;
  await selection.visit(async (info) => {
    if (!info.mapping.subresources.includes('scale')) {
      const { kind, resource, group, version } = info.mapping;
      throw new CliError(
        `cannot autoscale a ${kind}: could not find scale subresource for ${group}/${version}, Resource=${resource} in discovery information`,
      );
    }
    await makeScaler(session, scalerOf(session, info, metrics));
    count++;
  });
  if (count === 0) throw new CliError('no objects passed to autoscale');
}

function checkFlags(session: Session): JsonObject[] {
  const { flags } = session;
  const max = flags.number('max');
  const min = flags.number('min');
  const percent = flags.number('cpu-percent');
  if (flags.changed('cpu-percent')) {
    session.printError(
      "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).\n",
    );
  }
  if (max < 1) throw new CliError(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
  if (max < min) throw new CliError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
  if (percent > 0 && flags.text('cpu') !== '') throw new CliError('--cpu-percent and --cpu are mutually exclusive');
  const metrics: JsonObject[] = [];
  if (percent > 0) metrics.push(metricOf('cpu', { type: 'Utilization', averageUtilization: percent }));
  for (const [name, unit] of [
    ['cpu', 'm'],
    ['memory', 'Mi'],
  ] as const) {
    if (flags.text(name) !== '') metrics.push(metricOf(name, targetOf(flags.text(name).trim(), name, unit)));
  }
  return metrics;
}

const metricOf = (name: string, target: JsonObject): JsonObject => ({ type: 'Resource', resource: { name, target } });

/** `70%`, `500m`, or a number in the usual unit. Models parseResourceInput. */
function targetOf(input: string, name: string, unit: string): JsonObject {
  if (input === '') throw new CliError('empty input');
  if (input.endsWith('%')) {
    const percent = input.slice(0, -1);
    if (!/^\+?\d+$/.test(percent)) throw new CliError(`invalid percentage value: ${percent}`);
    return { type: 'Utilization', averageUtilization: Number(percent) };
  }
  const plain = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(input);
  const quantity = canonicalQuantity(plain ? `${Number(input)}${unit}` : input);
  if (quantity === undefined) throw new CliError(`invalid resource ${name} value: ${input}`);
  return { type: 'AverageValue', averageValue: quantity };
}

function scalerOf(session: Session, info: Info, metrics: JsonObject[]): JsonObject {
  const { flags } = session;
  const min = flags.number('min');
  return {
    kind: 'HorizontalPodAutoscaler',
    apiVersion: 'autoscaling/v2',
    metadata: {
      name: flags.text('name') || info.name,
      ...(session.explicitNamespace ? { namespace: session.namespace } : {}),
    },
    spec: {
      scaleTargetRef: { kind: info.mapping.kind, name: info.name, apiVersion: apiVersionOf(info) },
      ...(min > 0 ? { minReplicas: min } : {}),
      maxReplicas: flags.number('max'),
      ...(metrics.length > 0 ? { metrics } : {}),
    },
  };
}

async function makeScaler(session: Session, scaler: JsonObject): Promise<void> {
  const { flags } = session;
  const dryRun = session.dryRun();
  const whole = asStruct(scaler);
  if (dryRun === 'client') {
    structPrinterFor(flags, session.io, withDryRun('created', dryRun)).print(whole, session.out);
    return;
  }
  const annotated = flags.bool('save-config') ? withLastApplied(whole) : whole;
  const mapping = await session.discovery.mappingForKind('autoscaling/v2', 'HorizontalPodAutoscaler');
  const info = { ...infoFor(mapping, annotated, ''), namespace: session.namespace };
  let made: Json;
  try {
    made = await createObject(session.rest, info, annotated, { fieldManager: flags.text('field-manager'), dryRun });
  } catch (thrown) {
    throw fitsFirstVersion(session) ? thrown : incompatible(session);
  }
  structPrinterFor(flags, session.io, withDryRun('autoscaled', dryRun)).print(
    isObject(made) ? made : annotated,
    session.out,
  );
}

/** Whether autoscaling/v1, which is tried next, could say the same: it knows the share of CPU only. Models canCreateHPAV1. */
function fitsFirstVersion({ flags }: Session): boolean {
  return flags.text('memory') === '' && (flags.number('cpu-percent') > 0 || flags.text('cpu').trim().endsWith('%'));
}

/** Upstream says why the flags do not fit, and, where they were read well, how Go prints nothing. */
function incompatible({ flags }: Session): CliError {
  const why = flags.text('cpu') === '' ? 'empty input' : '%!w(<nil>)';
  return new CliError(
    `failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: ${why}`,
  );
}
