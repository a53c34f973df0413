export const executablePath: string;
export const chromiumArgs: readonly string[];
export const fakeMicrophone: readonly string[];
