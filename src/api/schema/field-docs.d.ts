declare module 'virtual:field-docs' {
  interface Words {
    readonly description?: string;
    readonly enum?: string[];
  }
  /** By the type's name in the tables, then by field; what the type says of itself stands under the empty key. */
  export type FieldDocs = Readonly<Record<string, Readonly<Record<string, Words>>>>;
  const docs: FieldDocs;
  export default docs;
}
