using System.Text.Json;

namespace Slipway.Content.Tests.Formats;

/// <summary>The test vectors of <c>tests/vectors</c>, which <c>tests/format/vectors.py</c> makes by docs/format.md alone.</summary>
internal static class Vectors
{
    public static JsonElement All { get; } = JsonDocument.Parse(File.ReadAllBytes(At("tests", "vectors", "vectors.json"))).RootElement;

    /// <summary>A file or folder of the repository.</summary>
    public static string At(params string[] parts)
    {
        DirectoryInfo directory = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Slipway.slnx")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException($"no Slipway.slnx stands above {AppContext.BaseDirectory}");
        }

        return Path.Combine([directory.FullName, .. parts]);
    }

    public static byte[] Bytes(this JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);
}
