namespace Slipway.Api;

/// <summary>How two versions of a file differ inside.</summary>
/// <param name="Unified">Of two texts, the lines of their unified difference.</param>
/// <param name="Skipped">Why no more is told.</param>
public sealed record FileComparison(FileFacts? Before = null, FileFacts? After = null, IReadOnlyList<string>? Unified = null, string? Skipped = null);

/// <summary>What can be told of a file without showing it.</summary>
/// <param name="Format">CSV, TSV, Parquet, PNG, JPEG, GIF, WebP, BMP, TIFF.</param>
/// <param name="Rows">Of a table, without its header.</param>
/// <param name="Columns">Of a table; of Parquet with their types.</param>
/// <param name="Width">Of an image, in pixels, as is <paramref name="Height"/>.</param>
public sealed record FileFacts(string Format, long? Rows = null, IReadOnlyList<string>? Columns = null, int? Width = null, int? Height = null);
