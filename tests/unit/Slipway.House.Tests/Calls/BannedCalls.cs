namespace Slipway.House.Calls;

/// <summary>The calls that have one room, or none.</summary>
internal static class BannedCalls
{
    /// <summary>Rules for <c>src</c>.</summary>
    public static readonly BannedCall[] InSources =
    [
        new("P/Invoke", @"\b(DllImport|LibraryImport)\b", "the kernel has one room: every native call stands in Slipway.Linux, behind a SafeHandle",
            "[LibraryImport]", "src/Slipway.Linux/"),
        new("starting a process", @"\bProcess\.Start\b|\bnew Process\b|\bProcessStartInfo\b",
            "programs are started by the engine (runtime, conmon) and by the CLI (its own server, an agent); both sides of the API ask git where a context came from, and docker's helpers who we are to a registry; the server asks one for its master key; the builder fetches by git and unpacks by xz and its kin; anything else belongs behind them",
            "Process.Start(x)", "src/Slipway.Engine/", "src/Slipway.Cli/", "src/Slipway.Api/Builds/GitQuestion.cs", "src/Slipway.Api/Logins/CredentialHelper.cs", "src/Slipway.Daemon/Hosting/MasterKeySource.cs",
            "src/Slipway.Build/Running/GitCheckout.cs", "src/Slipway.Build/Copying/Decompression.cs"),
        new("the wall clock", @"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b", "a room knows no clock but the TimeProvider it is given",
            "DateTimeOffset.UtcNow"),
        new("the system's clock", @"\bTimeProvider\.System\b", "the clock is chosen where the program is wired, and given to the rooms",
            "TimeProvider.System", "src/Slipway.Daemon/", "src/Slipway.Cli/", "src/Slipway/"),
        new("the terminal", @"\bConsole\.", "logic never speaks to a terminal: the CLI prints, the server logs", "Console.WriteLine()",
            "src/Slipway.Cli/", "src/Slipway.Daemon/", "src/Slipway/"),
        new("the environment", @"\bEnvironment\.(GetEnvironmentVariables?|SetEnvironmentVariable|CurrentDirectory)\b",
            "a room reads no environment: the program reads it once and hands values in (the server's namespace leaves a mark for itself over exec)",
            "Environment.GetEnvironmentVariable(x)", "src/Slipway.Cli/", "src/Slipway.Daemon/", "src/Slipway/", "src/Slipway.Engine/ServerNamespace.cs"),
        new("ending the process", @"\bEnvironment\.(Exit|FailFast)\b", "only the program's entry decides its exit code", "Environment.Exit(1)",
            "src/Slipway/", "src/Slipway.Cli/"),
        new("blocking on a task", @"\.GetAwaiter\(\)\s*\.GetResult\(\)|\.Wait\(\)|\bTask\.WaitA(ll|ny)\b",
            "a blocked thread starves the pool; await instead (only a stream's blocking verbs, and a Dispose whose file would go, may block)", "task.Wait()",
            "src/Slipway.Content/Blobs/Loose/Writeback.cs", "src/Slipway.Daemon/Api/CommandFrames.cs",
            "src/Slipway.Api/Client/ChunkedWriteStream.cs", "src/Slipway.Api/Client/HttpBodyStream.cs"),
        new("sleeping", @"\bThread\.Sleep\b", "wait for the event, not for the clock", "Thread.Sleep(1)"),
        new("async void", @"\basync\s+void\b", "nobody can await it, and its exception ends the process", "async void F()"),
        new("the framework's tar extractor", @"\bTarFile\.", "it refuses a root file system's links and follows others; extraction goes through openat2",
            "TarFile.ExtractToDirectory(a)"),
        new("reflection", @"\bActivator\.CreateInstance\b|\bAssembly\.(Load|GetTypes|GetExecutingAssembly)|\.GetType\(\)\s*\.GetPropert",
            "the program is trimmed and must stay AOT-clean", "Activator.CreateInstance(t)"),
        new("an empty catch", @"\bcatch\s*(\(\s*(System\.)?Exception(\s+\w+)?\s*\))?\s*\{\s*\}", "a swallowed error is a lie to the person who waits",
            "catch (Exception) { }"),
        new("a change to a blob store's folder",
            @"\bRandomAccess\.(Write|SetLength)\b|\bFile\.(Delete|Move|Copy|Replace|Create|Append\w*|Write\w+)\(|\bDirectory\.(CreateDirectory|Delete|Move)\b"
                + @"|\bLibc\.(Rename|CopyFileRange|TryCloneRange|Fsync|Fdatasync|Syncfs)\(",
            "the crash tests see what passes through StoreDisk and nothing else (BlobFile and FileFill write files that are not the store's)",
            "File.Delete(path);", "src/Slipway.Content/Blobs/Local/StoreDisk.cs", "src/Slipway.Content/Blobs/Local/StoreLock.cs",
            "src/Slipway.Content/Blobs/Loose/BlobFile.cs", "src/Slipway.Content/Blobs/FileFill.cs") { Within = "src/Slipway.Content/Blobs/" },
        new("an unfinished member", @"\bNotImplementedException\b", "what is not done is not there", "throw new NotImplementedException();"),
    ];

    /// <summary>Rules for <c>tests</c>.</summary>
    public static readonly BannedCall[] InTests =
    [
        new("sleeping", @"\bThread\.Sleep\b", "a test waits for what it needs, with a bound", "Thread.Sleep(1)"),
        new("a skipped test", @"\bSkip\s*=", "a test that does not run proves nothing: delete it or mend it", "[Fact(Skip = x)]"),
        new("a test that cannot fail", @"\bAssert\.True\(\s*true\b", "it asserts nothing", "Assert.True(true)"),
    ];
}
