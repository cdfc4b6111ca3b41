using Slipway.Api;

namespace Slipway.Cli.Options;

/// <summary>Reads -v: "SOURCE:TARGET[:ro|rw]".</summary>
internal static class VolumeOption
{
    public static MountRequest Parse(string text, Func<string, string> resolve)
    {
        string[] parts = text.Split(':');
        if (parts.Length is < 2 or > 3 || parts[0].Length == 0 || parts[1].Length == 0)
        {
            throw new CliException($"-v {text}: this is not SOURCE:TARGET", "for example: -v ./data:/data:ro", usage: true);
        }

        if (!parts[1].StartsWith('/'))
        {
            throw new CliException($"-v {text}: the target '{parts[1]}' is not absolute", "it is a path in the container, as /data", usage: true);
        }

        if (!parts[0].StartsWith('/') && !parts[0].StartsWith('.') && !parts[0].StartsWith('~'))
        {
            throw new CliException($"-v {text}: there are no named volumes", $"for a folder write: -v ./{text}", usage: true);
        }

        bool readOnly = parts.Length == 3 && parts[2] switch
        {
            "ro" => true,
            "rw" or "z" or "Z" => false,
            _ => throw new CliException($"-v {text}: there is no mode '{parts[2]}'", "use ro or rw", usage: true),
        };
        return new MountRequest(resolve(parts[0]), parts[1], readOnly);
    }
}
