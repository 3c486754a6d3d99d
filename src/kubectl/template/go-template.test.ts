import { expect, test } from 'vitest';
import { GoTemplate } from './go-template';
import { TemplateError } from './tokens';

const NAMESPACE = { metadata: { name: 'default' }, spec: { finalizers: ['kubernetes'] } };

/** What kubectl v1.36.3 says of the Namespace `default`. */
test.each([
  [
    '{{.metadata.name.x}}',
    '1:11: executing "output" at <.metadata.name.x>: can\'t evaluate field x in type interface {}',
  ],
  [
    '{{$a := .metadata}}{{$a.name.x}}',
    '1:23: executing "output" at <$a.name.x>: can\'t evaluate field x in type interface {}',
  ],
  [
    '{{range .metadata.name.x}}{{end}}',
    '1:17: executing "output" at <.metadata.name.x>: can\'t evaluate field x in type interface {}',
  ],
  [
    '{{range .metadata.name}}x{{end}}',
    '1:17: executing "output" at <.metadata.name>: range can\'t iterate over default',
  ],
  [
    '{{index .spec.finalizers 9}}',
    '1:2: executing "output" at <index .spec.finalizers 9>: error calling index: index out of range: 9',
  ],
  [
    'a\nbc {{.metadata.name.x}}',
    '2:14: executing "output" at <.metadata.name.x>: can\'t evaluate field x in type interface {}',
  ],
])('%j fails at its place', (source, words) => {
  const run = (): void => new GoTemplate('output', source, true).execute(NAMESPACE, () => {});
  expect(run).toThrow(TemplateError);
  expect(run).toThrow(`template: output:${words}`);
});
