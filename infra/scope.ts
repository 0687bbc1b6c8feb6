import type * as pulumi from '@pulumi/pulumi';

/** Where a stack's resources are in a Pulumi program: at its top, or in a component of somebody's program. */
export interface Scope {
  /** A resource's logical name: two scopes of one program have no name in common. */
  readonly name: (resource: string) => string;
  /** The parent of resources, if there is one. */
  readonly opts: { readonly parent?: pulumi.Resource };
}

/** The kit's own program: another name or parent would replace what runs. */
export const TOP_SCOPE: Scope = { name: (resource) => resource, opts: {} };

/** Children of a component, whose name theirs begin with: the URN of a child does not contain it. */
export function childScope(name: string, parent: pulumi.ComponentResource): Scope {
  return { name: (resource) => `${name}-${resource}`, opts: { parent } };
}

/** Arguments whose scope may be left out. @default TOP_SCOPE */
export type WithoutScope<T extends { readonly scope: Scope }> = Omit<T, 'scope'> & {
  readonly scope?: Scope;
};
