using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Build.Dockerfiles;

/// <summary>Tells the exec form, a JSON list of strings, from the shell form, any other text.</summary>
internal static class CommandForms
{
    /// <summary>A command in either form. What looks like a list and is none is the shell form, as docker has it.</summary>
    public static CommandLine Read(string rest) => TryReadList(rest) is { } list ? new(false, list) : new(true, rest.Length == 0 ? [] : [rest]);

    /// <summary>The strings of a JSON list, or null where the text is none.</summary>
    public static ImmutableArray<string>? TryReadList(string text)
    {
        if (!text.StartsWith('['))
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            ImmutableArray<string>.Builder items = ImmutableArray.CreateBuilder<string>();
            foreach (JsonElement item in document.RootElement.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.String)
                {
                    return null;
                }

                items.Add(item.GetString()!);
            }

            return items.ToImmutable();
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or ArgumentException)
        {
            // Not JSON, or text with half a surrogate pair.
            return null;
        }
    }

    /// <summary>A JSON list, or the words between blanks.</summary>
    public static ImmutableArray<string> ListOrWords(string rest, char escape) => TryReadList(rest) ?? [.. WordSplitter.Split(rest, escape)];
}
