/** Options as commander hands them over, by command. */
export interface StackOptions {
  readonly stack: string;
  readonly json?: boolean;
  readonly offline?: boolean;
  readonly debug?: boolean;
}

export interface CheckOptions {
  readonly json?: boolean;
}

export interface DeployOptions extends StackOptions {
  readonly yes?: boolean;
}

export interface RotateOptions extends DeployOptions {
  readonly all?: boolean;
  readonly due?: boolean;
  readonly dryRun?: boolean;
}

export interface PreviewOptions extends StackOptions {
  readonly expectNoChanges?: boolean;
}

export interface LogsOptions extends StackOptions {
  readonly follow?: boolean;
  readonly tail?: number;
  readonly since?: string;
}

export interface EnvOptions extends StackOptions {
  readonly format: 'dotenv' | 'json' | 'shell';
  readonly showSecrets?: boolean;
}
