using System.Globalization;
using Slipway.Content.Blobs.Local;

namespace Slipway.Content.Blobs.Packs;

/// <summary>The names of the segments under <c>packs/</c>: ten digits, ascending in the order in which they were begun.</summary>
internal static class PackFolder
{
    public static string PackPath(string directory, long number) =>
        Path.Combine(directory, number.ToString("d10", CultureInfo.InvariantCulture) + ".pack");

    /// <summary>The numbers of the segments, ascending. Drafts, and what belongs to no segment any more, are removed.</summary>
    public static List<long> List(StoreDisk disk, string directory)
    {
        List<long> numbers = [];
        foreach (string file in Directory.EnumerateFiles(directory))
        {
            bool isNumber = long.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out long number);
            switch (Path.GetExtension(file))
            {
                case ".pack" when isNumber:
                    numbers.Add(number);
                    break;
                case ".idx" or ".dead" when isNumber && !File.Exists(PackPath(directory, number)):
                case ".new":
                    disk.Delete(file);
                    break;
                default:
                    break;
            }
        }

        numbers.Sort();
        return numbers;
    }
}
