import { MEMORY_LIMITS } from '../machine/options.ts';
import { DEFAULT_TIMEOUT } from './options.ts';

/** What `ringbox run --help` prints. */
export const helpText = `Usage: ringbox run [options] [-- COMMAND...]

Boots the machine in headless Chromium. Without COMMAND, standard input goes to the guest's
console and the console to standard output, until the guest powers off or reboots. With COMMAND,
the default guest runs it in its shell with the standard streams of this command; one word is a
shell line, several are the words of one command.

  --kernel FILE      boot this bzImage or vmlinux instead of the default guest
  --bios             boot with firmware (SeaBIOS), which starts the first --disk, vda. There is no
                     screen: firmware and boot loader use the serial port as their console
  --initrd FILE      initial RAM disk
  --append STRING    the kernel's command line; for the default guest, more of it
  --memory MIB       RAM, ${MEMORY_LIMITS.least} to ${MEMORY_LIMITS.most} (default ${MEMORY_LIMITS.standard})
  --disk FILE[,ro]   a raw disk image, its size a multiple of 512; may be repeated. The default
                     guest's own root disk is vda, and these follow as vdb, vdc, ...; with
                     --kernel or --bios they are vda, vdb, ... Changes are written back to FILE at the
                     end, unless it is given with ,ro. Those to the own root disk are forgotten.
  --console NAME     hvc0 or ttyS0; by default the last console= that --append names, else hvc0;
                     with --bios both, where keys go to the one that has printed last, and input
                     that is no terminal goes to hvc0
  --timeout SECONDS  end the machine then (default ${DEFAULT_TIMEOUT}; 0 for no limit)
  --help             print this

When standard input is a terminal and no COMMAND is given, every key goes to the guest, Ctrl-C
too; Ctrl-] ends the machine.

Exit status: the command's, or 0 once the guest has powered off or rebooted (or after Ctrl-]);
1 something failed, 2 wrong usage, 3 the guest's kernel panicked, 124 timeout;
129, 130, 143 ended by SIGHUP, SIGINT, SIGTERM; 141 nobody reads standard output any more.

Environment: CHROMIUM_PATH is the browser to use.
`;
