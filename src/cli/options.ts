import { Option } from 'commander';

/** What almost every command gets. */
export interface StackOptions {
  readonly stack: string;
  readonly json?: boolean;
  readonly offline?: boolean;
  readonly debug?: boolean;
}

/** What a command gets that asks before it changes anything. */
export interface DeployOptions extends StackOptions {
  readonly yes?: boolean;
}

/** What a command gets that compares a stack with what runs. */
export interface RefreshOptions {
  readonly refresh?: boolean;
}

const DEFAULT_STACK = 'dev';

export const stackFlag = (): Option =>
  new Option('-s, --stack <stack>', 'name of a file in the stacks folder').default(DEFAULT_STACK);

/** ` -s staging`, for a command that a message proposes; nothing for the default stack. */
export function stackFlagText(stack: string): string {
  return stack === DEFAULT_STACK ? '' : ` -s ${stack}`;
}

export const jsonFlag = (): Option => new Option('--json', 'print one JSON document');

export const yesFlag = (): Option => new Option('-y, --yes', 'do not ask for confirmation');

export const refreshFlag = (): Option =>
  new Option('--refresh', 'read every resource again, even if nothing seems to have changed');

export const offlineFlag = (): Option =>
  new Option('--offline', 'never use the network; fail if something is missing');

export const debugFlag = (): Option =>
  new Option('--debug', 'show the stack trace of an unexpected error');
