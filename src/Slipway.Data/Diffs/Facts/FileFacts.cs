using System.Collections.Immutable;

namespace Slipway.Data.Diffs.Facts;

/// <summary>What can be told of a file without showing it.</summary>
/// <param name="Format">As people call it: <c>CSV</c>, <c>Parquet</c>, <c>PNG</c>, <c>text</c>.</param>
public sealed record FileFacts(string Format)
{
    /// <summary>Of a table: its records, the header not counted.</summary>
    public long? Rows { get; init; }

    /// <summary>Of a table: its columns, with their types where the format has them: <c>price DOUBLE</c>.</summary>
    public ImmutableArray<string> Columns { get => field.IsDefault ? [] : field; init; }

    /// <summary>Of an image, in pixels.</summary>
    public int? Width { get; init; }

    /// <summary>Of an image, in pixels.</summary>
    public int? Height { get; init; }
}
