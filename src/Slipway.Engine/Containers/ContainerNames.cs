using System.Security.Cryptography;
using Slipway.Content;

namespace Slipway.Engine;

/// <summary>What containers may be called, and what they are called where nobody says.</summary>
internal static class ContainerNames
{
    private static readonly string[] Manners =
    [
        "able", "amber", "bold", "brave", "brisk", "calm", "clever", "eager", "early", "fair", "fleet", "gentle", "glad", "golden", "hardy",
        "honest", "jolly", "keen", "kind", "lively", "loyal", "lucky", "merry", "mild", "modest", "nimble", "noble", "patient", "plucky", "polite",
        "quick", "quiet", "ready", "serene", "sharp", "silver", "sober", "steady", "stout", "sunny", "swift", "tidy", "trusty", "upright", "warm", "wise",
    ];

    private static readonly string[] Vessels =
    [
        "anchor", "barge", "beacon", "bollard", "bosun", "bowline", "breeze", "brig", "buoy", "cable", "canoe", "capstan", "clipper", "compass", "coxswain",
        "cutter", "dinghy", "dory", "ferry", "galley", "gull", "halyard", "harbour", "heron", "keel", "ketch", "lantern", "lugger", "mast", "mooring",
        "oar", "packet", "pilot", "porpoise", "puffin", "quay", "rudder", "schooner", "sextant", "sloop", "tender", "tern", "tiller", "trawler", "tug", "yawl",
    ];

    /// <summary>A random name that <paramref name="isTaken"/> denies.</summary>
    public static string Choose(Func<string, bool> isTaken)
    {
        for (int attempt = 0; ; attempt++)
        {
            string name = $"{RandomNumberGenerator.GetItems<string>(Manners, 1)[0]}_{RandomNumberGenerator.GetItems<string>(Vessels, 1)[0]}";
            name = attempt < 8 ? name : $"{name}_{RandomNumberGenerator.GetHexString(6, lowercase: true)}";
            if (!isTaken(name))
            {
                return name;
            }
        }
    }

    /// <summary>Refuses a name that is not <c>[A-Za-z0-9][A-Za-z0-9_.-]+</c>, Docker's rule; takes a leading slash off.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>.</exception>
    public static string Check(string name)
    {
        string bare = name.StartsWith('/') ? name[1..] : name;
        bool valid = bare.Length is >= 2 and <= 255 && char.IsAsciiLetterOrDigit(bare[0]) && bare.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
        return valid ? bare : throw new SlipwayException(
            ErrorKind.InvalidArgument, $"'{name}' cannot be a container's name", "Use two or more letters, digits, '_', '.' and '-', the first a letter or digit.");
    }
}
