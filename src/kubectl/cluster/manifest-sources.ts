import type { Json } from '../../api/objects';
import { CliError, asError } from '../errors';
import type { KubectlIo } from '../io';
import type { ManifestSource } from '../manifest/files';
import { manifestSources } from '../manifest/files';
import { readDocuments } from '../manifest/stream';
import type { Session } from '../session';

interface ManifestOptions {
  filenames?: string[];
  recursive?: boolean;
  kustomize?: string;
}

/** Whether a command line names manifests, with `-f` or `-k`. Models cmdutil.IsFilenameSliceEmpty. */
export const namesManifests = ({ flags }: Session): boolean =>
  flags.list('filename').length > 0 || flags.text('kustomize') !== '';

/** What `-f`, `-k` and `-R` say of manifests, whose objects must be in the namespace that was asked for. */
export const manifestOptions = ({ flags, namespace, explicitNamespace }: Session) => ({
  namespace,
  enforceNamespace: explicitNamespace,
  filenames: flags.list('filename'),
  kustomize: flags.text('kustomize'),
  recursive: flags.bool('recursive'),
});

/** What `-f` or `-k` names. Several problems are reported together. Models resource.Builder FilenameParam. */
export async function sourcesOf(io: KubectlIo, options: ManifestOptions, problems: Error[]): Promise<ManifestSource[]> {
  const { filenames = [], kustomize = '', recursive = false } = options;
  if (kustomize === '') return manifestSources(io, filenames, recursive, problems);
  if (filenames.length > 0) problems.push(new CliError('only one of -f or -k can be specified'));
  if (recursive) problems.push(new CliError("the -k flag can't be used with -f or -R"));
  return problems.length > 0 ? [] : [await kustomized(io, kustomize)];
}

/** What is wrong with a kustomization is told when its objects are read. Models resource.KustomizeVisitor. */
async function kustomized(io: KubectlIo, folder: string): Promise<ManifestSource> {
  const { buildKustomization, kustomizationYaml } = await import('../kustomize/build');
  try {
    return { name: folder, text: kustomizationYaml(await buildKustomization(io, folder)) };
  } catch (thrown) {
    return { name: folder, text: '', trouble: asError(thrown) };
  }
}

/** The documents of a source, one after the other. Throws where the next one cannot be read. */
export function* documentsOf(source: ManifestSource): Generator<Json> {
  if (source.trouble) throw source.trouble;
  try {
    yield* readDocuments(source.text);
  } catch (thrown) {
    throw new CliError(`error parsing ${source.name}: ${asError(thrown).message}`);
  }
}
