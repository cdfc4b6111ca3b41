namespace Slipway.EndToEnd.Support;

/// <summary>The base images of the examples, made from Debian packages or taken from the cache of an earlier run.</summary>
internal static class BaseImage
{
    /// <summary>Hundreds of packages come from a mirror, which has its slow hours.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(12);

    /// <summary>The tar of the base image of this name. The first call on a machine takes a minute or two.</summary>
    public static async Task<string> TarAsync(string name)
    {
        CommandOutput made = await ChildProcess.RunAsync(RepositoryRoot.At("scripts", "make-base-image.sh"), [name], limit: Limit);
        Assert.True(made.ExitCode == 0, made.ToString());
        return made.Stdout.Trim();
    }
}
