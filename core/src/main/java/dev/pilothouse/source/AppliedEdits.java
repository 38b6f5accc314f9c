package dev.pilothouse.source;

import java.util.List;

/**
 * Edits that were carried out in a tree's own files. Closing it puts the files back as they were.
 * Safe for use by several threads.
 */
public interface AppliedEdits extends AutoCloseable {
  /**
   * The files that were changed, made or deleted.
   *
   * @return paths relative to Istio's root, sorted
   */
  List<String> files();

  /** Keeps the edits: {@link #close()} will do nothing. */
  void keep();

  /**
   * Puts all files back as they were. Does nothing the second time.
   *
   * @throws SourceEditException if a file was changed since ({@link
   *     SourceEditException.Reason#CHANGED_SINCE}): then no file is touched; the exception names
   *     the files, and as its evidence the folder in which the original files lie. After the files
   *     have been put right, closing again works
   */
  @Override
  void close();
}
