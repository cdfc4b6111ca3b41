using Slipway.Content;

namespace Slipway.Images.Layers;

/// <summary>Brings a name out of a tar into the form of <see cref="LayerEntry.Path"/>, or refuses it.</summary>
internal static class LayerPath
{
    private const int MaximumLength = 4096;
    private const int MaximumPartLength = 255;

    /// <summary>Normalises a name: a leading <c>/</c> or <c>./</c> and a trailing <c>/</c> go; <c>..</c> is refused.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: the name would leave the layer, or no file system could hold it.</exception>
    public static string Normalise(string name)
    {
        if (IsNormal(name))
        {
            return name;
        }

        List<string> parts = [];
        foreach (string part in name.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                throw Refused(name, "it leads out of the layer by '..'");
            }

            if (part.Length > MaximumPartLength)
            {
                throw Refused(name[..64] + "...", $"a part of it is longer than {MaximumPartLength} characters");
            }

            if (part != ".")
            {
                parts.Add(part);
            }
        }

        return name.Length <= MaximumLength ? string.Join('/', parts) : throw Refused(name[..64] + "...", $"it is longer than {MaximumLength} characters");
    }

    private static SlipwayException Refused(string name, string why) =>
        new(ErrorKind.InvalidArgument, $"the layer's entry '{name}' is refused: {why}");

    /// <summary>The common case without allocation.</summary>
    private static bool IsNormal(string name) =>
        name.Length is > 0 and <= MaximumPartLength && name[0] is not ('/' or '.') && name[^1] != '/'
        && !name.Contains("//", StringComparison.Ordinal) && !name.Contains("/.", StringComparison.Ordinal);
}
