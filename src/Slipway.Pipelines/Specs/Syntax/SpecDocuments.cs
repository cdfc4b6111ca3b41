using System.Buffers;
using System.Collections.Immutable;
using System.Text;

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

        if (!IsUnicode(text))
        {
            faults.Add(new SpecPosition(1, 1), "", "not a Unicode text: it holds half a surrogate pair");
            return [];
        }

        ImmutableArray<SpecNode> documents = IsJson(text, fileName) ? JsonNodes.Read(text, faults) : YamlNodes.Read(text, faults);
        return [.. documents.SelectMany(document => document is SpecList list ? list.Items : [document])];
    }

    /// <summary>False where a text holds half a surrogate pair, which UTF-8 cannot write.</summary>
    public static bool IsUnicode(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and int at)
        {
            if (Rune.DecodeFromUtf16(text[at..], out _, out int length) != OperationStatus.Done)
            {
                return false;
            }

            text = text[(at + length)..];
        }

        return true;
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
