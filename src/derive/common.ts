import type { Environment, ModuleSpec, PluginSpec } from '../stack/stack-file.ts';
import type { BackendPlan } from './backend.ts';
import type { EdgePlan } from './edge.ts';
import type { StackImages } from './images.ts';
import type { PreparePlan } from './prepare.ts';
import type { PlannedSecret } from './secrets.ts';

/** The part of a plan that is the same on every target. */
export interface CommonPlan {
  /** `<project>-<stack>`: prefix of every name on the engine. */
  readonly name: string;
  readonly project: string;
  readonly stack: string;
  readonly environment: Environment;
  readonly nodeEnv: 'development' | 'production';
  /** On every object that the stack owns. */
  readonly labels: Readonly<Record<string, string>>;
  readonly images: StackImages;
  readonly secrets: readonly PlannedSecret[];
  readonly prepare: PreparePlan;
  readonly backend: BackendPlan;
  readonly edge: EdgePlan;
  readonly modules: Readonly<Record<string, ModuleSpec>>;
  readonly plugins: readonly PluginSpec[];
}
