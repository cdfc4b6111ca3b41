using Slipway.Pipelines.Specs.Syntax;

namespace Slipway.Pipelines.Specs;

/// <summary>
/// Paths in a project file stay below the project's folder: whoever runs a project that somebody else wrote hands over that folder and
/// nothing else.
/// </summary>
internal static class ProjectPath
{
    /// <summary>The path without <c>./</c> at its start or a slash at its end; <c>.</c> is the project's folder. Null after a fault.</summary>
    public static string? Read(SpecNode? node, string path, SpecFaults faults)
    {
        string? text = ScalarValues.Text(node, path, faults);
        if (text is null)
        {
            return null;
        }

        string[] parts = [.. text.Split('/').Where(part => part is not ("" or "."))];
        if (text.Length == 0 || text[0] is '/' or '~' || parts.Contains(".."))
        {
            faults.Add(node!.At, path, $"'{text}' must be a path below the project's folder");
            return null;
        }

        return parts.Length == 0 ? "." : string.Join('/', parts);
    }
}
