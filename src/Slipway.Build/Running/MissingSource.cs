using Slipway.Build.Contexts;
using Slipway.Build.Dockerfiles;
using Slipway.Build.Planning;
using Slipway.Content;

namespace Slipway.Build.Running;

/// <summary>Explains why a source of COPY is not there.</summary>
internal static class MissingSource
{
    public static SlipwayException Describe(string source, Origin origin, IReadOnlyCollection<string> ignored)
    {
        string path = ImagePath.Clean("/" + source)[1..];
        string message = $"'{source}' is not in {origin.Description}";
        if (origin.IsContext && ignored.FirstOrDefault(entry => entry == path || path.StartsWith(entry.TrimEnd('/') + "/", StringComparison.Ordinal)) is { } excluded)
        {
            return new(ErrorKind.InvalidArgument, $"{message}: .dockerignore leaves '{excluded}' out", $"Take it in by a line in .dockerignore: !{path}");
        }

        if (source.Split('/').Contains(".."))
        {
            return new(ErrorKind.InvalidArgument, message, "Nothing outside of the context can be copied: build with the parent directory as context, and -f for the Dockerfile.");
        }

        string? near = Nearest(path, origin.Tree);
        return new(ErrorKind.InvalidArgument, message, near is null ? null : $"Did you mean '{near}'?");
    }

    private static string? Nearest(string path, SourceTree tree)
    {
        int slash = path.LastIndexOf('/');
        string directory = slash < 0 ? "." : path[..slash];
        if (tree.Find(directory) is not { Status.IsDirectory: true })
        {
            return null;
        }

        string? near = NearestWord.Of(path[(slash + 1)..], [.. tree.List(directory).Select(entry => entry.Name)]);
        return near is null ? null : slash < 0 ? near : $"{directory}/{near}";
    }
}
