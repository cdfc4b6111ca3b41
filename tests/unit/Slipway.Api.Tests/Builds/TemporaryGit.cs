using System.Diagnostics;

namespace Slipway.Api.Tests.Builds;

/// <summary>A folder that goes with this, with an empty repository. Commands in it commit as somebody, first at <see cref="FirstTime"/>, then a second later each.</summary>
internal sealed class TemporaryGit : IDisposable
{
    public const long FirstTime = 1_700_000_000;

    private long _time = FirstTime;

    public TemporaryGit(string folder = "repository")
    {
        Root = Directory.CreateTempSubdirectory("slipway-git-").FullName;
        Folder = Directory.CreateDirectory(Path.Combine(Root, folder)).FullName;
    }

    public string Root { get; }

    /// <summary>The top of the work tree.</summary>
    public string Folder { get; }

    public async Task RunAsync(params string[] lines)
    {
        string init = Directory.Exists(Path.Combine(Folder, ".git")) ? "" : "git init -q -b main .\n";
        foreach (string line in lines)
        {
            ProcessStartInfo start = new("sh", ["-ec", init + line]) { WorkingDirectory = Folder };
            foreach (string role in (string[])["AUTHOR", "COMMITTER"])
            {
                start.Environment[$"GIT_{role}_NAME"] = "me";
                start.Environment[$"GIT_{role}_EMAIL"] = "me@host";
                start.Environment[$"GIT_{role}_DATE"] = $"{_time} +0000";
            }

            _time++;
            init = "";
            using Process shell = Process.Start(start)!;
            await shell.WaitForExitAsync();
            Assert.Equal(0, shell.ExitCode);
        }
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
