using Slipway.Images.Layers;

namespace Slipway.Build.Outputs;

/// <summary>Compares two layers entry by entry.</summary>
internal static class LayerDifference
{
    /// <summary>The first entry in which they differ and how, or null where they are the same. Both are sorted in the same way.</summary>
    public static string? First(Stream left, Stream right, CancellationToken cancellationToken)
    {
        using LayerReader one = LayerReader.Open(left), other = LayerReader.Open(right);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            LayerEntry? a = one.Read(), b = other.Read();
            if (a is null || b is null)
            {
                return a is null && b is null ? null : $"/{(a ?? b)!.Path} is only in the {(a is null ? "second" : "first")}";
            }

            if (a.Path != b.Path)
            {
                bool inFirst = string.CompareOrdinal(a.Path, b.Path) < 0;
                return $"/{(inFirst ? a : b).Path} is only in the {(inFirst ? "first" : "second")}";
            }

            if (EntryDifference.Of(a, b) is { } field)
            {
                return $"/{a.Path}: {field}";
            }
        }
    }
}
