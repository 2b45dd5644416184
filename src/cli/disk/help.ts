/** What `ringbox disk --help` prints. */
export const diskHelpText = `Usage: ringbox disk create FILE --size SIZE [--format FORMAT] [--force]
       ringbox disk convert IN OUT [--format FORMAT] [--base IMAGE] [--force]
       ringbox disk info FILE [--json]
       ringbox disk commit STORE --base IMAGE [--name NAME] [--force]
       ringbox disk rebase STORE [--base OLD] [--onto NEW [--name NAME]] [--force]

Makes, converts, inspects and changes disk images. What is read is recognised by its content; what
is written has the format that its name ends with, or that --format names:

  raw      .img, .raw   the bytes of the disk
  gzip     .gz          the same, compressed
  zstd     .zst         the same, compressed; takes the program zstd
  store    .ringdisk    what Ringbox keeps a disk's changes in
  qcow2    .qcow2       QEMU's; takes the program qemu-img (Debian package qemu-utils)

create makes an empty disk, raw or a store. convert copies a whole disk; zeros take no room where
the format has holes. info tells of a file's format, size, what of the disk is stored, version,
base, and whether it is clean: nothing is left in it that its next opening has to complete.

A store that was made over an image has what was changed since, and the image's name.

commit writes the changes into IMAGE, in place, and empties STORE. IMAGE has to be raw; a shorter
one grows to the size of the disk. STORE keeps everything until IMAGE has it: after an interruption
IMAGE is of use below STORE only, and the same commit with --force completes it.

rebase puts STORE over NEW, or, without --onto, over no image at all; its disk stays byte for byte
what it is. Only STORE is written, and whatever happens, its disk is whole over OLD or over NEW.

Both want the very image that STORE was made over: with another one they would spoil the disk. So
IMAGE and OLD must have the name that STORE knows: that of the file with its size and time, as a
browser has them of a file that is picked. If it is that image all the same, because it was copied,
or a browser has read it from a URL, say so with --force.

  --size SIZE        bytes, or with K, M, G, T (powers of 1024): 512M, 8G; a multiple of 512
  --format FORMAT    raw, gzip, zstd, store or qcow2
  --base IMAGE       the image that the store was made over, without which it is no whole disk
  --onto NEW         the image that the store is to be over, not longer than the disk
  --name NAME        what the store calls the image from now on (imageVersion in the library),
                     instead of the name that is told above
  --force            create, convert: replace FILE or OUT if it is there; commit, rebase: take
                     IMAGE, OLD though it has another name than STORE's base
  --json             info as JSON; sizes are bytes
  --help             print this

What create and convert make gets its name when it is complete: whatever happens, FILE or OUT is all
new or as it was. Nothing but commit ever writes to an image that is given as a base.

Exit status: 0 done, 1 something failed, 2 wrong usage or a file that cannot be used;
129, 130, 143 ended by SIGHUP, SIGINT, SIGTERM.
`;
