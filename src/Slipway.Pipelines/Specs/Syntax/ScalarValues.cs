using System.Collections.Immutable;
using System.Globalization;
using Slipway.Content;

namespace Slipway.Pipelines.Specs.Syntax;

/// <summary>
/// Turns nodes into plain values. Each method answers null where the node is absent, and also, after a fault, where it is wrong.
/// Numbers and booleans may be written as texts, as many published specifications do.
/// </summary>
internal static class ScalarValues
{
    public static string? Text(SpecNode? node, string path, SpecFaults faults, bool anyScalar = false)
    {
        switch (node)
        {
            case null:
                return null;
            case SpecScalar { Kind: ScalarKind.Boolean } scalar when !anyScalar:
                faults.Add(node.At, path, $"expected a text, found {FieldMap.Describe(scalar)}; put it in quotes if you mean that word");
                return null;
            case SpecScalar { Kind: not ScalarKind.Null } scalar:
                if (scalar.Text.Contains('\0', StringComparison.Ordinal))
                {
                    faults.Add(node.At, path, "a text must not hold the NUL character");
                    return null;
                }

                return scalar.Text;
            default:
                faults.Add(node.At, path, $"expected a text, found {FieldMap.Describe(node)}");
                return null;
        }
    }

    public static int? Integer(SpecNode? node, string path, SpecFaults faults, int least, int most)
    {
        if (node is null)
        {
            return null;
        }

        if (node is SpecScalar { Kind: ScalarKind.Number or ScalarKind.Text } scalar
            && decimal.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value) && value == decimal.Truncate(value))
        {
            if (value >= least && value <= most)
            {
                return (int)value;
            }

            faults.Add(node.At, path, $"must be from {least} to {most}, found {scalar.Text}");
            return null;
        }

        faults.Add(node.At, path, $"expected a whole number, found {FieldMap.Describe(node)}");
        return null;
    }

    public static double? Number(SpecNode? node, string path, SpecFaults faults, double above, double most)
    {
        if (node is null)
        {
            return null;
        }

        if (node is SpecScalar { Kind: ScalarKind.Number or ScalarKind.Text } scalar
            && double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value))
        {
            if (value > above && value <= most)
            {
                return value;
            }

            faults.Add(node.At, path, string.Create(CultureInfo.InvariantCulture, $"must be more than {above} and at most {most}, found {scalar.Text}"));
            return null;
        }

        faults.Add(node.At, path, $"expected a number, found {FieldMap.Describe(node)}");
        return null;
    }

    public static bool? Boolean(SpecNode? node, string path, SpecFaults faults)
    {
        switch (node)
        {
            case null:
                return null;
            case SpecScalar { Kind: ScalarKind.Boolean or ScalarKind.Text, Text: "true" or "false" } scalar:
                return scalar.Text == "true";
            default:
                faults.Add(node.At, path, $"expected true or false, found {FieldMap.Describe(node)}");
                return null;
        }
    }

    /// <summary>A list of texts; with <paramref name="splitLines"/> a single text counts as its lines.</summary>
    public static ImmutableArray<string> Texts(SpecNode? node, string path, SpecFaults faults, bool splitLines)
    {
        switch (node)
        {
            case null:
                return [];
            case SpecScalar { Kind: ScalarKind.Text } scalar when splitLines:
                return Text(node, path, faults) is null ? [] : [.. scalar.Text.TrimEnd('\n').Split('\n')];
            case SpecScalar { Kind: ScalarKind.Text }:
                faults.Add(node.At, path, "expected a list of texts, found one text; write [\"sh\", \"-c\", \"…\"] to run it by a shell");
                return [];
            case SpecList list:
                return [.. list.Items.Select((item, i) => Text(item, $"{path}[{i}]", faults)).OfType<string>()];
            default:
                faults.Add(node.At, path, $"expected a list of texts, found {FieldMap.Describe(node)}");
                return [];
        }
    }

    /// <summary>A value that <paramref name="parse"/> understands; its complaint becomes the fault.</summary>
    public static T? Parsed<T>(SpecNode? node, string path, SpecFaults faults, Func<string, T> parse)
        where T : struct => Text(node, path, faults) is not { } text ? null : Try(node!, path, faults, () => parse(text));

    /// <summary>As <see cref="Parsed{T}"/>, for a class.</summary>
    public static T? ParsedObject<T>(SpecNode? node, string path, SpecFaults faults, Func<string, T> parse)
        where T : class
    {
        if (Text(node, path, faults) is not { } text)
        {
            return null;
        }

        try
        {
            return parse(text);
        }
        catch (SlipwayException error)
        {
            faults.Add(node!.At, path, error.Message);
            return null;
        }
    }

    private static T? Try<T>(SpecNode node, string path, SpecFaults faults, Func<T> parse)
        where T : struct
    {
        try
        {
            return parse();
        }
        catch (SlipwayException error)
        {
            faults.Add(node.At, path, error.Message);
            return null;
        }
    }
}
