using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Slipway.Content.Blobs.Composed;

/// <summary>
/// How the bytes of a composed blob are those of others, end to end. As text, in lines that end in LF:
/// <code>
/// slipway-composed 1
/// part &lt;64 hex&gt; &lt;offset&gt; &lt;length&gt;       (one or more)
/// size &lt;bytes in all&gt;
/// sum &lt;64 hex of the SHA-256 of the lines above&gt;
/// </code>
/// </summary>
internal sealed record Recipe(ImmutableArray<RecipePart> Parts)
{
    private const string FirstLine = "slipway-composed 1";

    /// <summary>Bytes in all.</summary>
    public long Size { get; } = Parts.Sum(part => part.Length);

    /// <summary>The parts that hold <paramref name="length"/> bytes from <paramref name="offset"/> on.</summary>
    public ImmutableArray<RecipePart> Slice(long offset, long length)
    {
        ImmutableArray<RecipePart>.Builder slice = ImmutableArray.CreateBuilder<RecipePart>();
        long start = 0;
        foreach (RecipePart part in Parts)
        {
            long from = Math.Max(offset, start);
            long to = Math.Min(offset + length, start + part.Length);
            if (from < to)
            {
                slice.Add(part with { Offset = part.Offset + from - start, Length = to - from });
            }

            start += part.Length;
        }

        return slice.ToImmutable();
    }

    public byte[] Encode()
    {
        StringBuilder text = new($"{FirstLine}\n");
        foreach (RecipePart part in Parts)
        {
            text.Append(CultureInfo.InvariantCulture, $"part {part.Source.Hex} {part.Offset} {part.Length}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"size {Size}\n");
        string sum = Digest.Of(text.ToString()).Hex;
        return Encoding.ASCII.GetBytes(text.Append(CultureInfo.InvariantCulture, $"sum {sum}\n").ToString());
    }

    /// <summary>Reads a recipe back; null where the bytes are not the one encoding of one.</summary>
    public static Recipe? Decode(ReadOnlySpan<byte> bytes)
    {
        string[] lines = Encoding.ASCII.GetString(bytes).Split('\n');
        if (lines.Length < 5 || lines[0] != FirstLine)
        {
            return null;
        }

        ImmutableArray<RecipePart>.Builder parts = ImmutableArray.CreateBuilder<RecipePart>(lines.Length - 4);
        long size = 0;
        foreach (string line in lines.AsSpan(1, lines.Length - 4))
        {
            string[] words = line.Split(' ');
            if (words is not ["part", var hex, var from, var count] || !Digest.TryParseHex(hex, out Digest source)
                || !long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
                || !long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out long length)
                || length <= 0 || offset > long.MaxValue - length || size > long.MaxValue - length)
            {
                return null;
            }

            parts.Add(new RecipePart(source, offset, length));
            size += length;
        }

        // Whatever else was wrong shows here: there is one encoding of a recipe.
        Recipe recipe = new(parts.DrainToImmutable());
        return bytes.SequenceEqual(recipe.Encode()) ? recipe : null;
    }
}
