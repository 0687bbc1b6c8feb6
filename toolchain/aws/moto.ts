import { pythonPart } from '../python.ts';

/** moto (https://docs.getmoto.org), an emulator of AWS: for tests only. */
export const motoPart = pythonPart({
  name: 'moto',
  lockFile: 'toolchain/aws/moto-requirements.txt',
  imports: ['moto.server'],
});
