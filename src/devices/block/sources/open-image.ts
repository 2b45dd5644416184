import { diskSize } from '../disk-size.ts';
import { openBrowserStore } from './browser-store.ts';
import { CachedImage } from './cached-image.ts';
import { FileSource } from './file-source.ts';
import { HttpSource } from './http-source.ts';
import { StoredSource } from './stored-source.ts';

/** An image that is read where it lies. */
export interface ImagePlace {
  /** A file, or the text of an http or https address. */
  image: Blob | string;
  /** Bytes of the disk, at least those of the image; without it, those of the image. */
  size?: number | undefined;
  /** What messages call the disk. */
  name?: string | undefined;
}

/** @throws DeviceError when the image cannot be had, or cannot be a disk */
export async function openImage({ image, size, name }: ImagePlace): Promise<CachedImage> {
  const called = name ?? 'the disk';
  if (typeof image !== 'string') {
    const source = new FileSource(image, called);
    return new CachedImage(source, { size: diskSize(called, image.size, size) });
  }
  const { source, head } = await HttpSource.open(image, called);
  try {
    const wholeSize = diskSize(called, source.size, size);
    const store = await openBrowserStore(image, source.identity);
    const opened = new CachedImage(store === null ? source : new StoredSource(source, store), {
      size: wholeSize,
    });
    opened.seed(head);
    return opened;
  } catch (error) {
    source.close();
    throw error;
  }
}
