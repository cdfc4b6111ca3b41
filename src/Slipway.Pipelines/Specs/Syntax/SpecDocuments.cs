using System.Collections.Immutable;

namespace Slipway.Pipelines.Specs.Syntax;

/// <summary>Chooses the language of a file by its name, else by its first character, and reads its documents.</summary>
internal static class SpecDocuments
{
    private const int LongestFile = 4 << 20;

    /// <summary>The documents of a file; a list at the top counts as that many documents.</summary>
    public static ImmutableArray<SpecNode> Read(string text, string fileName, SpecFaults faults)
    {
        if (text.Length > LongestFile)
        {
            faults.Add(new SpecPosition(1, 1), "", $"longer than {LongestFile >> 20} MiB, which no specification is");
            return [];
        }

        ImmutableArray<SpecNode> documents = IsJson(text, fileName) ? JsonNodes.Read(text, faults) : YamlNodes.Read(text, faults);
        return [.. documents.SelectMany(document => document is SpecList list ? list.Items : [document])];
    }

    private static bool IsJson(string text, string fileName)
    {
        string extension = Path.GetExtension(fileName).ToLowerInvariant();
        return extension switch
        {
            ".json" => true,
            ".yaml" or ".yml" => false,
            _ => text.AsSpan().TrimStart() is ['{' or '[', ..],
        };
    }
}
