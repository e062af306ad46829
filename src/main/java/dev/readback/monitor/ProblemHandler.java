package dev.readback.monitor;

import java.util.Map;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.server.ServerWebInputException;

/** Answers what cannot be done with {@code {"error": …}} and one sentence. */
@RestControllerAdvice(assignableTypes = {ListenersController.class, ConnectionsController.class})
final class ProblemHandler {

    @ExceptionHandler
    ResponseEntity<Map<String, String>> problem(Problem problem) {
        return ResponseEntity.status(problem.status()).body(error(String.valueOf(problem.getMessage())));
    }

    @ExceptionHandler
    ResponseEntity<Map<String, String>> unreadable(ServerWebInputException wrong) {
        return ResponseEntity.status(HttpStatus.BAD_REQUEST).body(error(sentence(wrong)));
    }

    private static String sentence(ServerWebInputException wrong) {
        MethodParameter parameter = wrong.getMethodParameter();
        if (parameter != null && wrong.getCause() instanceof TypeMismatchException mismatch) {
            return "%s is '%s': allowed is %s"
                    .formatted(
                            parameter.getParameterName(),
                            mismatch.getValue(),
                            parameter.getParameterType() == boolean.class ? "true or false" : "a whole number");
        }
        return "the request cannot be read: " + wrong.getReason();
    }

    private static Map<String, String> error(String sentence) {
        return Map.of("error", sentence);
    }
}
