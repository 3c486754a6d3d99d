import { nextWord, type RandomState } from '../../base/random';
import type { CertificateSigningRequest } from '../../api/objects';
import { issueCertificate, type Validity } from '../../api/x509/certificate';
import { readRequest } from '../../api/x509/request';
import { Controller, type ControllerParts } from '../machinery/controller';
import { authorityOf } from './certificate-authority';
import { SIGNERS, signingCondition, withSigningCondition } from './certificate-rules';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** For how long certificates are valid at most, and at least: `--cluster-signing-duration`. */
const LONGEST_MS = 365 * 24 * HOUR_MS;
const SHORTEST_MS = 10 * MINUTE_MS;
/** Clocks that are behind take a certificate too; one that is valid for less than this loses nothing by it. */
const BACKDATE_MS = 5 * MINUTE_MS;
const SHORT_MS = 8 * HOUR_MS;

/** Signs what was approved, for the signers of kube-controller-manager. Models pkg/controller/certificates/signer. */
export class CertificateSigningController extends Controller {
  constructor(parts: ControllerParts) {
    super('certificatesigningrequest-signing-controller', parts, {});
    parts.informers.on('certificatesigningrequests', (event) => {
      if (event.type !== 'DELETED') this.enqueue(event.key, event);
    });
  }

  protected override reconcile(name: string): void {
    const request = this.parts.informers.byKey('certificatesigningrequests', name);
    const rule = SIGNERS[request?.spec.signerName ?? ''];
    if (!request || !rule || request.status.certificate) return;
    if (!signingCondition(request, 'Approved') || signingCondition(request, 'Denied')) return;
    if (signingCondition(request, 'Failed')) return;
    const asked = readRequest(request.spec.request);
    const usages = request.spec.usages ?? [];
    const fault = rule(asked, usages);
    const validity = this.#validityOf(request);
    const signed =
      fault === undefined
        ? issueCertificate(authorityOf(this.parts.seed), asked, usages, validity, nextSerial(this.state.random))
        : undefined;
    const next =
      signed === undefined
        ? withSigningCondition(request, { type: 'Failed', reason: 'SignerValidationFailure', message: fault ?? '' })
        : { ...request, status: { ...request.status, certificate: btoa(signed) } };
    this.parts.client.updateStatus('certificatesigningrequests', next);
  }

  #validityOf({ spec }: CertificateSigningRequest): Validity {
    const nowMs = this.parts.clock.epochNowMs;
    const askedMs = spec.expirationSeconds === undefined ? LONGEST_MS : spec.expirationSeconds * 1000;
    const lifeMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, askedMs));
    const endMs = nowMs + lifeMs - (lifeMs < SHORT_MS ? 0 : BACKDATE_MS);
    return {
      notBeforeMs: nowMs - BACKDATE_MS,
      notAfterMs: Math.min(endMs, authorityOf(this.parts.seed).notAfterMs),
    };
  }
}

/** A number of 128 bits that nobody guesses. */
function nextSerial(random: RandomState): bigint {
  let serial = 0n;
  for (let word = 0; word < 4; word++) serial = (serial << 32n) | BigInt(nextWord(random));
  return serial;
}
