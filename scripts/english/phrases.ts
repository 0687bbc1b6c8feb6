/**
 * The phrases of the glossary in CONTRIBUTING.md. They are translated English: clear to whoever wrote them, odd to
 * everybody else.
 */
export interface Phrase {
  /** Alternatives in lower case. A space matches any white space, a line break in a comment included. */
  readonly find: readonly string[];
  readonly write: string;
}

export const PHRASES: readonly Phrase[] = [
  { find: ['told', 'tells'], write: 'reported, reports, says, shows' },
  { find: ['mend', 'mends', 'mended', 'mending'], write: 'fix' },
  {
    find: ['bring', 'brings', 'bringing', 'brought'],
    write: 'install, download, pull, build; start, deploy',
  },
  { find: ['beside'], write: 'next to, in addition to' },
  { find: ['cut off', 'cuts off', 'cut short'], write: 'interrupted' },
  {
    find: ['the word of', "by aws's word", "by ecs's word", 'whose word'],
    write: 'according to AWS; as ECS reports it',
  },
  {
    find: [
      'what serves',
      'what served',
      'one that serves',
      'one that served',
      'ones that serve',
      'those that serve',
      'who serves',
      'that which serves',
      'release that serves',
      'replicas that serve',
      'goes on serving',
      'go on serving',
    ],
    write: 'the running release, the value in use; keeps running',
  },
  { find: ['of before'], write: 'previous' },
  { find: ['be had'], write: 'is (not) available' },
  { find: ['leavings'], write: 'what remains, retained resources' },
  {
    find: [
      'of its own',
      'of their own',
      'of your own',
      'of our own',
      'of his own',
      "of the kit's own",
      "of one's own",
    ],
    write: 'its own ...; separate',
  },
  { find: ['anew'], write: 'again' },
  { find: ['surroundings'], write: 'environment' },
  { find: ['half said'], write: 'truncated' },
  { find: ['openormake'], write: 'openOrCreate' },
  { find: ['answeredbyaws'], write: 'withAwsErrors' },
  { find: ['whattasksneed'], write: 'taskDependencies' },
  { find: ['onetask'], write: 'OneOffTask' },
  { find: ['lookaround'], write: 'gatherFacts' },
  { find: ['requirewhatisnamed'], write: 'requireReferencedFiles' },
  { find: ['strangevalue'], write: 'unknownSecret' },
];

/** Exact texts in which a phrase is meant. One that stands nowhere any more can go. */
export const ALLOWED: readonly { readonly file?: string; readonly text: string }[] = [
  // Their texts are the key under which the built plugin of aws is cached: an edit builds it again.
  { file: 'toolchain/aws/provider.ts', text: 'beside' },
  { file: 'toolchain/aws/trim.ts', text: 'beside' },
  // The glossary itself.
  { file: 'CONTRIBUTING.md', text: '| told, tells |' },
  { file: 'CONTRIBUTING.md', text: '| mend |' },
  { file: 'CONTRIBUTING.md', text: '| bring (a tool, an image, a stack) |' },
  { file: 'CONTRIBUTING.md', text: '| beside |' },
  { file: 'CONTRIBUTING.md', text: '| cut off |' },
  { file: 'CONTRIBUTING.md', text: "| the word of AWS; by ECS's word |" },
  { file: 'CONTRIBUTING.md', text: '| what serves, the one that serves |' },
  { file: 'CONTRIBUTING.md', text: '| the values of before |' },
  { file: 'CONTRIBUTING.md', text: '| can be had, cannot be had |' },
  { file: 'CONTRIBUTING.md', text: '| leavings |' },
  { file: 'CONTRIBUTING.md', text: '| of its own |' },
  { file: 'CONTRIBUTING.md', text: '| anew |' },
  { file: 'CONTRIBUTING.md', text: '| surroundings |' },
  { file: 'CONTRIBUTING.md', text: '`mend that and run up again`' },
];
