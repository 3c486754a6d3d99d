import { formatTime } from '../../api/time';
import { CliError, isConflict } from '../errors';
import type { FlagSpec } from '../flags/flags';
import { bool } from '../flags/flags';
import { FILENAME_FLAGS } from '../flags/standard';
import type { JsonObject } from '../format/json';
import { copyJson, isObject, listAt, setAt, textAt } from '../format/json';
import { PRINT_FLAGS, structPrinterFor } from '../printers/output';
import type { Session } from '../session';
import { pathOfInfo } from './info';
import { manifestOptions, namesManifests } from './manifest-sources';
import { select } from './select';

export const CERTIFICATE_FLAGS: FlagSpec[] = [
  ...PRINT_FLAGS,
  bool('force', 'Update the request even if it has the condition.'),
  ...FILENAME_FLAGS,
];

/** What is said about certificate signing requests. */
export interface Verdict {
  condition: 'Approved' | 'Denied';
  opposite: 'Approved' | 'Denied';
  reason: string;
  message: string;
  word: string;
}

/** Approves or denies requests for certificates. Models modifyCertificateCondition. */
export async function judgeRequests(session: Session, verdict: Verdict): Promise<void> {
  const { flags, args } = session;
  if (args.length === 0 && !namesManifests(session)) {
    throw new CliError('one or more CSRs must be specified as <name> or -f <filename>');
  }
  const selection = await select(session, {
    ...manifestOptions(session),
    enforceNamespace: false,
    nameType: 'certificatesigningrequests',
    args,
    continueOnError: true,
    flatten: true,
    latest: true,
  });
  let found = 0;
  await selection.visit(async (info) => {
    const { kind, group } = info.mapping;
    if (kind !== 'CertificateSigningRequest') {
      throw new CliError(
        `can only handle CertificateSigningRequest.certificates.k8s.io objects, got ${group ? `${kind}.${group}` : kind}`,
      );
    }
    for (let attempt = 0; ; attempt++) {
      const present = await session.rest.json('GET', pathOfInfo(info));
      const changed = withVerdict(session, isObject(present) ? present : {}, verdict);
      try {
        if (changed)
          await session.rest.json('PUT', pathOfInfo({ ...info, subresource: 'approval' }), { body: changed });
        break;
      } catch (thrown) {
        if (!isConflict(thrown) || attempt >= 10) throw thrown;
      }
    }
    found++;
    structPrinterFor(flags, session.io, verdict.word).print(info.object ?? {}, session.out);
  });
  if (found === 0) session.print('No resources found\n');
}

/** The request with the condition; undefined where it has it already. */
function withVerdict(session: Session, request: JsonObject, verdict: Verdict): JsonObject | undefined {
  const conditions = listAt(request, 'status', 'conditions');
  const has = (type: string): boolean => conditions.some((condition) => textAt(condition, 'type') === type);
  if (has(verdict.opposite)) {
    throw new CliError(
      `certificate signing request "${textAt(request, 'metadata', 'name')}" is already ${verdict.opposite}`,
    );
  }
  const known = has(verdict.condition);
  if (known && !session.flags.bool('force')) return undefined;
  const changed = copyJson(request);
  if (!known) {
    const condition = {
      type: verdict.condition,
      status: 'True',
      reason: verdict.reason,
      message: verdict.message,
      lastUpdateTime: formatTime(session.io.nowMs()),
    };
    setAt(changed, [...conditions, condition], 'status', 'conditions');
  }
  return changed;
}
