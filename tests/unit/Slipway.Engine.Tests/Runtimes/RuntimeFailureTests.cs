using Slipway.Content;
using Slipway.Engine;

namespace Slipway.Engine.Tests.Runtimes;

public sealed class RuntimeFailureTests
{
    [Theory]
    [InlineData("executable file `nosuch` not found in $PATH: No such file or directory", ErrorKind.NotFound)]
    [InlineData("open executable: Permission denied", ErrorKind.PermissionDenied)]
    [InlineData("open executable: Operation not permitted", ErrorKind.PermissionDenied)]
    [InlineData("{\"msg\":\"executable file `x` not found in $PATH: No such file or directory\",\"level\":\"error\"}", ErrorKind.NotFound)]
    [InlineData("{\"level\":\"error\",\"msg\":\"runc create failed: unable to start container process: exec: \\\"/x\\\": stat /x: no such file or directory\"}", ErrorKind.NotFound)]
    [InlineData("time=\"2026\" level=error msg=\"runc create failed: exec: \\\"/etc\\\": permission denied\"", ErrorKind.PermissionDenied)]
    [InlineData("cannot set memory limit: No such file or directory", ErrorKind.FailedPrecondition)]
    [InlineData("", ErrorKind.FailedPrecondition)]
    public void The_runtimes_words_become_kinds(string error, ErrorKind kind) => Assert.Equal(kind, RuntimeFailure.Translate(error, "it").Kind);

    [Fact]
    public void The_sentence_is_taken_out_of_its_form()
    {
        Assert.Equal("a \"b\"", RuntimeFailure.LastLine("{\"msg\":\"a \\\"b\\\"\"}\n"));
        Assert.Equal("a \"b\"", RuntimeFailure.LastLine("time=\"t\" level=error msg=\"a \\\"b\\\"\"\n"));
        Assert.Equal("last", RuntimeFailure.LastLine("first\nlast\n"));
    }
}
